using System.Net;
using System.Net.Sockets;

namespace Reacher.Fast.Testing;

/// <summary>Ports of this machine for a test to listen at.</summary>
public static class FreePort
{
    /// <summary>A TCP port at which nobody listens now.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
