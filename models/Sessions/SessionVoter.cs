namespace StreamCommerce.Models.Sessions;

/// <summary>Who votes in a blend. Each spreads one vote over the items.</summary>
public enum SessionVoter
{
    /// <summary>Sessions like this one.</summary>
    Neighbours,

    /// <summary>What came next in those of them that had the last two clicks in a row.</summary>
    Continuations,

    /// <summary>What came next after the last item.</summary>
    Next,

    /// <summary>What followed the last item within a few steps.</summary>
    Following,

    /// <summary>What followed the item before the last.</summary>
    FollowingSecond,

    /// <summary>What followed the item before that.</summary>
    FollowingThird,

    /// <summary>What came before the last item.</summary>
    Preceding,

    /// <summary>What followed those that followed the last item: for items that few saw.</summary>
    Onward,

    /// <summary>The last item again.</summary>
    Last,

    /// <summary>The item before it again.</summary>
    Second,

    /// <summary>Items of the session that lie further back.</summary>
    Earlier,
}
