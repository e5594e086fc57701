namespace StreamCommerce.Ingest.Simulation;

/// <summary>Units of a product, by its index in the catalogue.</summary>
internal readonly record struct CartLine(int Product, int Quantity);
