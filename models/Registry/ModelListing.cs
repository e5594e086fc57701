namespace StreamCommerce.Models.Registry;

/// <summary>Makes an entry of a list from the beginning of a model's file.</summary>
internal static class ModelListing
{
    public static PublishedModel Of(string id, ReadOnlySpan<byte> head, long fileBytes)
    {
        try
        {
            var manifest = ModelFile.ReadManifest(id + ModelFile.Extension, head, fileBytes);
            return manifest.Id == id
                ? new(id, fileBytes, manifest)
                : new(id, fileBytes, null, $"The file is named {id}, but holds {manifest.Id}.");
        }
        catch (ModelFileException fault)
        {
            return new(id, fileBytes, null, fault.Message);
        }
    }
}
