using StreamCommerce.Models.Linear;
using StreamCommerce.Tests.Models.Ranking;

namespace StreamCommerce.Tests.Models.Linear;

public sealed class PopularityContractTests() : RankerContract(Popularity.Family);

public sealed class TransitionsContractTests() : RankerContract(Transitions.Family);

public sealed class CoOccurrenceContractTests() : RankerContract(CoOccurrence.Family);

public sealed class NeighbourhoodRidgeContractTests() : RankerContract(NeighbourhoodRidge.Family);

public sealed class UserNeighboursContractTests() : RankerContract(UserNeighbours.Family);
