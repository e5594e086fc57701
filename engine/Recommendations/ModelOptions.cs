using System.ComponentModel.DataAnnotations;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>Where the service takes its models from: the section <c>Models</c>.</summary>
public sealed class ModelOptions
{
    public const string Section = "Models";

    /// <summary>The registry's folder, <c>models</c> in the data folder unless set.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Directory { get; set; } = Path.Combine("data", "models");

    /// <summary>A blob container to use instead of the folder, by its address: with a shared
    /// access signature in it, or open to this machine's identity.</summary>
    public Uri? BlobContainer { get; set; }

    /// <summary>Where the service keeps copies of the models that it serves,
    /// <c>serving</c> in the data folder unless set. Nobody else may write there.</summary>
    [Required(AllowEmptyStrings = false)]
    public string CopyDirectory { get; set; } = Path.Combine("data", "serving");

    /// <summary>How often the registry is asked which model is current.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00",
        ErrorMessage = "must be 50 ms to 10 minutes.")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);
}
