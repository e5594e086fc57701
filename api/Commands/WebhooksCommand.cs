using System.CommandLine;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Payments;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// <c>webhooks replay</c>: has a running service handle stored webhooks again. Through the service,
/// as its stores have one writer, and nobody has to stop a shop for it.
/// </summary>
internal static class WebhooksCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create(TimeProvider time)
    {
        var to = new Option<Uri>("--to")
        {
            Description = "The service.",
            HelpName = "URL",
            DefaultValueFactory = _ => new Uri(new ServiceSettings().Urls),
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address)
                    && address.Scheme is "http" or "https") return address;
                result.AddError(
                    $"--to '{result.Tokens[0].Value}' is no URL as http://host:5080.");
                return null;
            },
        };
        var from = new Option<long>("--from")
        {
            Description = "The number of the first webhook, from 1.",
            DefaultValueFactory = _ => 1,
        };
        from.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 1) result.AddError("--from must be 1 or more.");
        });
        var all = new Option<bool>("--all")
        {
            Description = "Also those that were handled; effects are made once all the same.",
        };
        var replay = new Command("replay", "Has stored webhooks handled again.") { to, from, all };
        replay.SetAction((parsed, ct) => ReplayAsync(
            parsed.GetRequiredValue(to), parsed.GetRequiredValue(from), parsed.GetValue(all),
            time, ct));
        return new Command("webhooks", "Looks after the gateways' webhooks.") { replay };
    }

    private static async Task<int> ReplayAsync(
        Uri to, long from, bool all, TimeProvider time, CancellationToken ct)
    {
        using var service = new ServiceConnection(to, Patience, time);
        using var response = await service.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, "v1/payments/webhook-replays")
            {
                Content = JsonContent.Create(
                    new WebhookReplayBody(from, all), ApiJson.Wire.WebhookReplayBody),
            },
            ct);
        if (!response.IsSuccessStatusCode)
        {
            throw new CommandFailedException(
                $"{to} answered {(int)response.StatusCode}: " +
                await response.Content.ReadAsStringAsync(ct));
        }
        var answer = await response.Content.ReadFromJsonAsync(
            ApiJson.Wire.WebhookReplayView, ct);
        await Console.Out.WriteLineAsync($"{answer!.Count} webhooks will be handled again.");
        return CommandLine.Done;
    }
}
