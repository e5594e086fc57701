using System.Net;
using System.Net.Sockets;
using Amqp;

namespace StreamCommerce.Tests.EventHubs.Broker;

/// <summary>Accepts the broker's connections, on loopback only.</summary>
internal sealed class LoopbackListener : TransportProvider
{
    public const string Scheme = "loopback";

    private readonly TcpListener _listener;

    /// <param name="port">0: one that the system picks.</param>
    public LoopbackListener(int port)
    {
        AddressSchemes = [Scheme];
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    public int Port { get; }

    public override async Task<IAsyncTransport> CreateAsync(Address address)
    {
        try
        {
            return new LoopbackTransport(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Shut: whoever asks would do so for ever.
            return await new TaskCompletionSource<IAsyncTransport>().Task;
        }
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }
}

/// <summary>
/// A connection. What the library says after the client's authentication it holds back until the
/// client speaks, as the service does: JavaScript's client overhears it else, where all of it
/// comes with the outcome. One thread reads; any may write.
/// </summary>
internal sealed class LoopbackTransport(Socket socket) : IAsyncTransport
{
    private readonly Lock _writing = new();
    private List<byte>? _held;

    // "AMQP" and the number of the protocol: 0 is AMQP itself, 3 the authentication before it.
    private static ReadOnlySpan<byte> Header => "AMQP\0"u8;

    public void SetConnection(Connection connection)
    {
    }

    public void Send(ByteBuffer buffer)
    {
        lock (_writing) Write(buffer);
    }

    public Task SendAsync(IList<ByteBuffer> bufferList, int listSize)
    {
        lock (_writing)
        {
            foreach (var buffer in bufferList) Write(buffer);
        }
        return Task.CompletedTask;
    }

    public int Receive(byte[] buffer, int offset, int count) =>
        Heard(socket.Receive(buffer, offset, count, SocketFlags.None));

    public async Task<int> ReceiveAsync(byte[] buffer, int offset, int count) =>
        Heard(await socket.ReceiveAsync(buffer.AsMemory(offset, count)));

    public void Close() => socket.Dispose();

    private void Write(ByteBuffer buffer)
    {
        var bytes = buffer.Buffer.AsSpan(buffer.Offset, buffer.Length);
        if (bytes.StartsWith(Header)) _held = [];
        if (_held is { } held) held.AddRange(bytes);
        else WriteAll(bytes);
    }

    private int Heard(int count)
    {
        lock (_writing)
        {
            if (_held is not { } held) return count;
            _held = null;
            WriteAll(held.ToArray());
        }
        return count;
    }

    private void WriteAll(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[socket.Send(bytes)..];
    }
}
