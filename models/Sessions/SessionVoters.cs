using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Sessions;

/// <summary>
/// The votes of each voter for one session. The work space of one thread at a time, to be kept for
/// the next question.
/// </summary>
internal sealed class SessionVoters(SessionBlendOptions options)
{
    // So many different items are looked at; those further back are hardly ever gone back to.
    private const int ItemLimit = 10;

    private readonly NeighbourSearch _search = new(options.Neighbours);
    private readonly ItemVotes[] _votes = [.. Enumerable
        .Range(0, SessionBlendWeights.Voters).Select(_ => new ItemVotes())];
    private readonly int[] _items = new int[ItemLimit];
    private readonly SessionCandidate[] _followers = new SessionCandidate[options.OnwardLimit];
    private int _itemCount;

    /// <summary>A voter's votes, of any sum.</summary>
    public ItemVotes this[int voter] => (SessionVoter)voter switch
    {
        SessionVoter.Neighbours => _search.Votes,
        SessionVoter.Continuations => _search.Continuations,
        _ => _votes[voter],
    };

    /// <summary>The session's <see cref="SessionSituation"/>.</summary>
    public int Situation { get; private set; }

    /// <summary>Lets all vote.</summary>
    public void Vote(SessionKnowledge knowledge, ReadOnlySpan<HistoryEntry> session)
    {
        TakeItems(session);
        Situation = SessionSituation.Of(
            _itemCount,
            _itemCount == 0 ? 0 : knowledge.Next.TotalOf(_items[0]),
            session.Length > 1 && session[^1].Item == session[^2].Item);
        _search.Vote(knowledge.Index, session);
        for (var voter = 0; voter < SessionBlendWeights.Voters; voter++) _votes[voter].Clear();
        Follow(knowledge.Next, SessionVoter.Next, 0);
        Follow(knowledge.Following, SessionVoter.Following, 0);
        Follow(knowledge.Following, SessionVoter.FollowingSecond, 1);
        Follow(knowledge.Following, SessionVoter.FollowingThird, 2);
        Follow(knowledge.Preceding, SessionVoter.Preceding, 0);
        FollowOnward(knowledge.Following);
        for (var i = 0; i < _itemCount; i++)
        {
            var voter = i switch
            {
                0 => SessionVoter.Last,
                1 => SessionVoter.Second,
                _ => SessionVoter.Earlier,
            };
            _votes[(int)voter].Add(_items[i], 1, _items[i]);
        }
    }

    private void Follow(SequentialRules rules, SessionVoter voter, int step)
    {
        if (step < _itemCount) rules.Vote(_items[step], 1, _votes[(int)voter]);
    }

    private void FollowOnward(SequentialRules rules)
    {
        var count = _votes[(int)SessionVoter.Following].Top(_followers);
        foreach (var follower in _followers.AsSpan(0, count))
            rules.Vote(follower.Item, follower.Score, _votes[(int)SessionVoter.Onward], _items[0]);
    }

    private void TakeItems(ReadOnlySpan<HistoryEntry> session)
    {
        _itemCount = 0;
        for (var i = session.Length - 1; i >= 0 && _itemCount < ItemLimit; i--)
            if (session[i].Item >= 0
                && !_items.AsSpan(0, _itemCount).Contains(session[i].Item))
                _items[_itemCount++] = session[i].Item;
    }
}
