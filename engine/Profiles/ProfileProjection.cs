using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Profiles;

/// <summary>Something a visitor did with a product.</summary>
/// <param name="Product">The product's number in the partition.</param>
/// <param name="Ticks">When, in UTC ticks.</param>
/// <param name="Name">What: view, select, cart, removal or purchase.</param>
public readonly record struct Interaction(int Product, long Ticks, EventName Name);

/// <summary>Each visitor's last 50 interactions with products, newest last in event time.</summary>
public sealed class ProfileProjection : IProjection
{
    /// <summary>Interactions kept of a visitor.</summary>
    public const int Limit = 50;

    private readonly DirtyNumbers _changed = new();
    private Profile?[] _profiles = [];

    public string Name => "profiles";

    public int Version => 1;

    /// <summary>A visitor's interactions, oldest first; empty where there are none. Valid until
    /// the next event.</summary>
    public ReadOnlySpan<Interaction> this[int visitor] =>
        (uint)visitor < (uint)_profiles.Length && _profiles[visitor] is { } profile
            ? profile.Interactions : [];

    public void Apply(in StreamEvent e)
    {
        if (e.Event.Name is not (EventName.SelectItem or EventName.ViewItem or EventName.AddToCart
            or EventName.RemoveFromCart or EventName.Purchase)) return;
        foreach (var product in e.Products.Span)
        {
            if (product >= 0)
                Touch(e.Visitor).Add(new Interaction(product, e.Ticks, e.Event.Name));
        }
    }

    public void Forget(int visitor)
    {
        if (visitor < _profiles.Length) _profiles[visitor] = null;
    }

    public void Save(StateWriter output, bool everything)
    {
        if (everything)
        {
            for (var visitor = 0; visitor < _profiles.Length; visitor++)
                if (_profiles[visitor] is not null) _changed.Add(visitor);
        }
        var count = 0;
        foreach (var visitor in _changed.Numbers) if (_profiles[visitor] is not null) count++;
        output.WriteCount(count);
        foreach (var visitor in _changed.Numbers)
        {
            if (_profiles[visitor] is not { } profile) continue;
            output.WriteVisitor(visitor);
            output.WriteCount(profile.Interactions.Length);
            // Each time as the step from the one before: a few bytes instead of eight.
            var before = 0L;
            foreach (var interaction in profile.Interactions)
            {
                output.WriteProduct(interaction.Product);
                output.WriteCount((int)interaction.Name);
                output.WriteSigned(interaction.Ticks - before);
                before = interaction.Ticks;
            }
        }
        _changed.Clear();
    }

    public void Load(StateReader input)
    {
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var visitor = input.ReadVisitor();
            Forget(visitor);
            var profile = Touch(visitor);
            var ticks = 0L;
            for (var left = input.ReadCount(); left > 0; left--)
            {
                var product = input.ReadProduct();
                var name = (EventName)input.ReadCount();
                ticks += input.ReadSigned();
                profile.Add(new Interaction(product, ticks, name));
            }
        }
        _changed.Clear();
    }

    private Profile Touch(int visitor)
    {
        if (visitor >= _profiles.Length)
            Array.Resize(ref _profiles, Math.Max(2 * _profiles.Length, Math.Max(256, visitor + 1)));
        _changed.Add(visitor);
        return _profiles[visitor] ??= new Profile();
    }

    private sealed class Profile
    {
        private Interaction[] _interactions = new Interaction[4];
        private int _count;

        public ReadOnlySpan<Interaction> Interactions => _interactions.AsSpan(0, _count);

        public void Add(Interaction interaction)
        {
            if (_count == Limit)
            {
                // Out of order and older than all that is kept: nothing to do.
                if (interaction.Ticks < _interactions[0].Ticks) return;
                _interactions.AsSpan(1, _count - 1).CopyTo(_interactions);
                _count--;
            }
            else if (_count == _interactions.Length)
            {
                Array.Resize(ref _interactions, Math.Min(Limit, 2 * _count));
            }
            // Insertion from the end: events mostly come in order.
            var at = _count++;
            for (; at > 0 && _interactions[at - 1].Ticks > interaction.Ticks; at--)
                _interactions[at] = _interactions[at - 1];
            _interactions[at] = interaction;
        }
    }
}
