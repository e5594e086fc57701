using Microsoft.Playwright;

namespace StreamCommerce.Tests.Api.Live;

/// <summary>The live page in a browser, and what the browser noticed meanwhile.</summary>
public sealed class LivePage : IAsyncDisposable
{
    private readonly List<string> _errors = [];
    private readonly HashSet<string> _origins = [];

    public LivePage(IPage page)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Add(_errors, message.Text);
        };
        page.PageError += (_, error) => Add(_errors, error);
        page.Request += (_, request) =>
            Add(_origins, new Uri(request.Url).GetLeftPart(UriPartial.Authority));
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of scripts, requests and the content policy.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors) return [.. _errors];
        }
    }

    /// <summary>Scheme, host and port of all that was asked for.</summary>
    public IReadOnlyList<string> Origins
    {
        get
        {
            lock (_origins) return [.. _origins];
        }
    }

    /// <summary>Waits until a part of the page holds a text.</summary>
    public Task WaitForAsync(string selector, string text) =>
        Assertions.Expect(Page.Locator(selector)).ToContainTextAsync(
            text, new() { Timeout = 30_000 });

    public async ValueTask DisposeAsync() => await Page.CloseAsync();

    private static void Add(ICollection<string> to, string text)
    {
        lock (to) to.Add(text);
    }
}
