using System.Text;
using StreamCommerce.Engine.Payments;
using Xunit;

namespace StreamCommerce.Tests.Engine.Payments;

public sealed class WebhookSignatureTests
{
    private const string Secret = "whsec_test";

    private static readonly DateTimeOffset Now = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"id":"evt_1"}""");

    [Fact]
    public void What_was_signed_is_taken() =>
        Assert.Null(Check(WebhookSignature.Sign(Body, Secret, Now)));

    [Fact]
    public void The_scheme_is_hmac_sha256_of_time_dot_body() => Assert.Equal(
        // printf '1767600000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test
        "t=1767600000,v1=013e48fd7e108a3f1443790d82b480bf66d90abfcab75bdea798ce3f5268edf5",
        WebhookSignature.Sign(Body, Secret, Now));

    [Theory]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void A_signature_is_taken_for_five_minutes(int seconds, bool isTaken) => Assert.Equal(
        isTaken, Check(WebhookSignature.Sign(Body, Secret, Now.AddSeconds(seconds))) is null);

    [Fact]
    public void Another_body_secret_or_time_is_refused()
    {
        var header = WebhookSignature.Sign(Body, Secret, Now);
        Assert.NotNull(Check(WebhookSignature.Sign("other"u8, Secret, Now)));
        Assert.NotNull(Check(WebhookSignature.Sign(Body, "whsec_other", Now)));
        Assert.NotNull(Check(header.Replace("t=17676000", "t=17676001", StringComparison.Ordinal)));
    }

    [Fact]
    public void One_of_several_signatures_is_enough()
    {
        var header = WebhookSignature.Sign(Body, Secret, Now);
        Assert.Null(Check(header + ",v1=" + new string('0', 64) + ",v0=abc"));
        Assert.Null(Check(header.Replace(
            ",v1=", ",v1=" + new string('0', 64) + ",v1=", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("t=1767600000")]
    [InlineData("v1=00")]
    [InlineData("t=-5,v1=00")]
    [InlineData("t=99999999999999999999,v1=00")]
    [InlineData("t=1767600000,v1=zz")]
    public void A_header_of_another_form_is_refused(string? header) =>
        Assert.NotNull(Check(header));

    private static string? Check(string? header) => WebhookSignature.Check(
        header, Body, Secret, TimeSpan.FromMinutes(5), Now);
}
