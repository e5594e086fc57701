namespace StreamCommerce.Tests.Cosmos.Gateway;

/// <summary>The last requests and their answers; older ones are forgotten. Any thread.</summary>
/// <param name="limit">How many are kept.</param>
public sealed class RequestLog(int limit)
{
    private readonly Lock _gate = new();
    private readonly Queue<AnsweredRequest> _kept = new(Math.Min(limit, 256));

    /// <summary>Request units of all requests since the start or the last clearing.</summary>
    public double TotalCharge { get; private set; }

    /// <summary>The kept ones, oldest first.</summary>
    public IReadOnlyList<AnsweredRequest> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _kept];
            }
        }
    }

    /// <summary>The kept ones that read or wrote items.</summary>
    public IReadOnlyList<AnsweredRequest> OfItems =>
        [.. All.Where(answered => answered.Request.IsOfItems)];

    public void Clear()
    {
        lock (_gate)
        {
            _kept.Clear();
            TotalCharge = 0;
        }
    }

    internal void Add(AnsweredRequest answered)
    {
        lock (_gate)
        {
            TotalCharge += answered.Charge;
            if (_kept.Count == limit)
            {
                _kept.Dequeue();
            }

            _kept.Enqueue(answered);
        }
    }
}
