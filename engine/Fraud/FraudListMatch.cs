using System.Collections.Frozen;
using System.Net;

namespace StreamCommerce.Engine.Fraud;

/// <summary>One list, made ready to be searched. Immutable.</summary>
internal sealed class FraudListMatch
{
    private readonly (FraudEntity Entity, FrozenSet<ulong> Keys, FraudReason Reason)[] _kinds;
    private readonly FrozenSet<string> _countries;
    private readonly IPNetwork[] _networks;
    private readonly FraudReason _country;
    private readonly FraudReason _network;

    public FraudListMatch(string name, FraudList list)
    {
        _kinds = [.. from kind in list.ByEntity()
            let keys = kind.Entries
                .Where(text => kind.Entity != FraudEntity.Ip || !FraudRuleCheck.IsNetwork(text))
                .Select(text => EntityKeys.OfListed(kind.Entity, text)).ToFrozenSet()
            where keys.Count > 0
            select (kind.Entity, keys,
                new FraudReason($"LIST_{name}_{kind.Name.ToUpperInvariant()}", 0))];
        _countries = list.Country.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _networks = [.. list.Ip.Where(FraudRuleCheck.IsNetwork).Select(IPNetwork.Parse)];
        _country = new($"LIST_{name}_COUNTRY", 0);
        _network = new($"LIST_{name}_IP", 0);
    }

    public bool HasNetworks => _networks.Length > 0;

    /// <summary>True where anybody in the request is on the list; adds why.</summary>
    public bool Match(
        ScreeningRequest request, in EntityKeys keys, IPAddress? ip,
        ref List<FraudReason>? reasons)
    {
        var isMatch = false;
        foreach (var (entity, listed, reason) in _kinds)
        {
            if (!listed.Contains(keys[entity])
                && !(entity == FraudEntity.Email && listed.Contains(keys.EmailDomain)))
            {
                continue;
            }
            isMatch = true;
            (reasons ??= []).Add(reason);
        }
        if (_countries.Count > 0 && (IsListed(request.BillingCountry)
            || IsListed(request.ShippingCountry) || IsListed(request.IpCountry)))
        {
            isMatch = true;
            (reasons ??= []).Add(_country);
        }
        if (ip is not null && IsInNetwork(ip))
        {
            isMatch = true;
            (reasons ??= []).Add(_network);
        }
        return isMatch;
    }

    private bool IsListed(string? country) => country is not null && _countries.Contains(country);

    private bool IsInNetwork(IPAddress ip)
    {
        foreach (var network in _networks)
            if (network.Contains(ip)) return true;
        return false;
    }
}
