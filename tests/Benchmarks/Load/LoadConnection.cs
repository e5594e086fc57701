using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace StreamCommerce.Benchmarks.Load;

/// <summary>
/// One keep-alive connection that sends one request after another. It costs a send and a receive
/// a request and little else: a client library would take more of the machine than the service.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    // An order's answer has some 600 bytes, one of 20 products some 5,000; a longer one is an
    // error, which is shown.
    private const int AnswerLimit = 16 * 1024;

    // Of every so many answers the whole content is read and compared.
    private const int ContentSample = 64;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly byte[] _bytes = new byte[AnswerLimit];
    private readonly TaskCompletionSource _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly LoadCourse _load;
    private readonly IConversation _conversation;
    private int _received;
    private PlannedRequest _request;
    private long _sentAt;

    public LoadConnection(
        LoadCourse load, int parts, Uri address, IConversation conversation)
    {
        (_load, _conversation) = (load, conversation);
        Latencies = [.. Enumerable.Range(0, parts).Select(_ => new LatencyHistogram())];
        _socket.Connect(IPAddress.Parse(address.Host), address.Port);
        _receive.Completed += (_, _) => Advance(isReceived: true);
    }

    /// <summary>Of the counted requests, by part.</summary>
    public IReadOnlyList<LatencyHistogram> Latencies { get; }

    /// <summary>Requests that were answered, warm-up included.</summary>
    public long Answered { get; private set; }

    /// <summary>Sends requests until there is no next one.</summary>
    public Task RunAsync()
    {
        Advance(isReceived: false);
        return _ended.Task;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _receive.Dispose();
    }

    private void Advance(bool isReceived)
    {
        try
        {
            if (!isReceived && !Send()) return;
            while (true)
            {
                if (isReceived && !Take()) return;
                _receive.SetBuffer(_bytes.AsMemory(_received));
                // True where its event will come.
                if (_socket.ReceiveAsync(_receive)) return;
                isReceived = true;
            }
        }
        catch (Exception fault)
        {
            _ended.TrySetException(fault);
        }
    }

    private bool Send()
    {
        if (!_load.TryNext(out _request))
        {
            _ended.TrySetResult();
            return false;
        }
        _received = 0;
        var bytes = _conversation.Ask(_request);
        _sentAt = Stopwatch.GetTimestamp();
        if (_socket.Send(bytes) != bytes.Length)
            throw new IOException("A request was sent in part.");
        return true;
    }

    /// <summary>False where there is nothing more to receive.</summary>
    private bool Take()
    {
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
            throw new IOException($"The connection ended: {_receive.SocketError}.");
        _received += _receive.BytesTransferred;
        if (!HttpAnswer.TryRead(_bytes.AsSpan(0, _received), out var answer)) return true;
        if (_load.IsMeasured && _load.Part == _request.Part)
            Latencies[_request.Part].Add(Stopwatch.GetElapsedTime(_sentAt));
        if (answer.Status is not (200 or 201))
        {
            throw new InvalidDataException($"{_request} was answered with status " +
                $"{answer.Status}: {System.Text.Encoding.UTF8.GetString(answer.ReadContent())}");
        }
        _conversation.Check(answer, _request, _request.Number % ContentSample == 0);
        Answered++;
        return Send();
    }
}
