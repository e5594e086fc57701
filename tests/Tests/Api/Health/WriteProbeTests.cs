using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Api.Health;
using Xunit;

namespace StreamCommerce.Tests.Api.Health;

public sealed class WriteProbeTests
{
    [Fact]
    public void A_folder_is_written_to_once_a_second_however_often_it_is_asked()
    {
        var folder = Directory.CreateTempSubdirectory("streamcommerce-probe-").FullName;
        var time = new FakeTimeProvider();
        var probe = new WriteProbe(folder, time);

        Assert.Null(probe.FindFault());
        Directory.Delete(folder, recursive: true);
        Assert.Null(probe.FindFault());
        time.Advance(WriteProbe.Freshness);

        Assert.NotNull(probe.FindFault());
    }
}
