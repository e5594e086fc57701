using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Sessions;

namespace StreamCommerce.Tests.Models.Ranking;

public sealed class IalsContractTests() : RankerContract(FactorizationFamily.Ials);

public sealed class VmisKnnContractTests() : RankerContract(SessionFamilies.VmisKnn);

public sealed class VstanContractTests() : RankerContract(SessionFamilies.Vstan);

public sealed class SessionRulesContractTests() : RankerContract(SessionFamilies.Rules);

public sealed class SessionBlendContractTests() : RankerContract(SessionFamilies.Blend);
