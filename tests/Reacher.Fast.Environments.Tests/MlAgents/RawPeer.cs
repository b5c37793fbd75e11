using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Reacher.Fast.Environments.Tests.MlAgents;

/// <summary>A peer that writes HTTP/2 by hand (RFC 9113), and so may write what no gRPC peer would.</summary>
internal sealed class RawPeer : IDisposable
{
    public const byte ResetFrame = 3, SettingsFrame = 4;

    private const byte DataFrame = 0, HeadersFrame = 1;
    private const byte EndOfStream = 1, EndOfHeaders = 4;

    private readonly TcpClient socket;
    private readonly NetworkStream stream;

    public RawPeer(int port)
    {
        socket = new TcpClient("127.0.0.1", port) { ReceiveTimeout = 30_000 };
        stream = socket.GetStream();
        stream.Write(Preface);
        Write(SettingsFrame, 0, 0, []);
    }

    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Sends the headers of a call, and leaves its message to <see cref="Send"/>.</summary>
    public void Open(int stream, string path, string contentType = "application/grpc") => Write(HeadersFrame, EndOfHeaders, stream, Headers(
        (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"), ("content-type", contentType), ("te", "trailers")));

    /// <summary>Sends a part of a message.</summary>
    public void Send(int stream, byte[] part, bool last = false) => Write(DataFrame, last ? EndOfStream : (byte)0, stream, part);

    /// <summary>Reads until the connection's bytes contain a text.</summary>
    public string ReadUntil(string text)
    {
        var received = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!received.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = stream.Read(buffer);
            Assert.That(count, Is.Positive, "closed without an answer");
            received.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return received.ToString();
    }

    /// <summary>Reads until a frame of a type comes, and gives its stream and what it holds.</summary>
    public (int Stream, byte[] Payload) ReadFrame(byte type)
    {
        byte[] header = new byte[9];
        while (true)
        {
            stream.ReadExactly(header);
            byte[] payload = new byte[BinaryPrimitives.ReadUInt32BigEndian(header) >> 8];
            stream.ReadExactly(payload);
            if (header[3] == type)
            {
                return (BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
            }
        }
    }

    /// <summary>Reads until the connection is closed or reset.</summary>
    public void ReadToEnd()
    {
        try
        {
            while (stream.Read(new byte[4096]) > 0)
            {
            }
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: not SocketError.TimedOut and not SocketError.WouldBlock })
        {
            // Reset instead of closed.
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary>HPACK's plainest form: literal fields without indexing or Huffman coding (RFC 7541, 6.2.2).</summary>
    private static byte[] Headers(params (string Name, string Value)[] fields)
    {
        List<byte> bytes = [];
        foreach ((string name, string value) in fields)
        {
            bytes.Add(0);
            bytes.Add((byte)name.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(name));
            bytes.Add((byte)value.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(value));
        }

        return [.. bytes];
    }

    private void Write(byte type, byte flags, int id, byte[] payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)payload.Length << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), id);
        payload.CopyTo(frame, 9);
        stream.Write(frame);
    }
}
