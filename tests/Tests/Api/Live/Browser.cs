using Microsoft.Playwright;
using Xunit;

namespace StreamCommerce.Tests.Api.Live;

/// <summary>
/// One headless Chromium for the tests of a class; each test opens pages of its own. Where the
/// machine has none, the tests are skipped: a browser is not downloaded.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    private IPlaywright? _playwright;
    private IBrowser? _chromium;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Executable)) return;
        _playwright = await Playwright.CreateAsync();
        _chromium = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Executable,
            // Nothing of its own on the network, and no sandbox: tests may run as root.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-first-run"],
        });
    }

    /// <summary>Opens the live page and waits until it is live.</summary>
    public async Task<LivePage> OpenAsync(Uri address, int width = 1400)
    {
        Assert.SkipWhen(_chromium is null, $"There is no {Executable}.");
        var page = await _chromium.NewPageAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
        });
        page.SetDefaultTimeout(30_000);
        var live = new LivePage(page);
        await page.GotoAsync(address.ToString());
        await live.WaitForAsync("#connection", "live");
        return live;
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null) await _chromium.DisposeAsync();
        _playwright?.Dispose();
    }
}
