using StreamCommerce.Models.Sessions;
using StreamCommerce.Tests.Models.Ranking;

namespace StreamCommerce.Tests.Models.Sessions;

public sealed class VmisKnnContractTests() : RankerContract(SessionFamilies.VmisKnn);

public sealed class VstanContractTests() : RankerContract(SessionFamilies.Vstan);

public sealed class SessionRulesContractTests() : RankerContract(SessionFamilies.Rules);

public sealed class SessionBlendContractTests() : RankerContract(SessionFamilies.Blend);
