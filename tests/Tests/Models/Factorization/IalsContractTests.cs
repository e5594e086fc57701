using StreamCommerce.Models.Factorization;
using StreamCommerce.Tests.Models.Ranking;

namespace StreamCommerce.Tests.Models.Factorization;

public sealed class IalsContractTests() : RankerContract(FactorizationFamily.Ials);
