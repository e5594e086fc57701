namespace StreamCommerce.Benchmarks.Load;

/// <summary>What one connection asks, and what it expects. One thread at a time.</summary>
internal interface IConversation
{
    /// <summary>A request's bytes, valid until the next call.</summary>
    ReadOnlySpan<byte> Ask(PlannedRequest request);

    /// <summary>Throws unless the answer is right.</summary>
    /// <param name="answer">Whole.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="isSample">Whether to look at all of it, which costs more.</param>
    void Check(in HttpAnswer answer, PlannedRequest request, bool isSample);
}
