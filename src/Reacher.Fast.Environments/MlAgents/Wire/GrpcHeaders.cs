using System.Globalization;
using System.Text;

namespace Reacher.Fast.Environments.MlAgents.Wire;

/// <summary>The values of gRPC's own headers (PROTOCOL-HTTP2.md): content type, <c>grpc-timeout</c>, <c>grpc-message</c>.</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Timeout = "grpc-timeout";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";

    /// <summary>The longest deadline that is kept: longer ones (gRPC allows 11,000 years) are no deadline for a timer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Whether a content type is gRPC's, with or without a message format (<c>application/grpc+proto</c>).</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) &&
        (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');

    /// <summary>Reads <c>grpc-timeout</c>: up to 8 digits and a unit of H, M, S, m, u or n.</summary>
    /// <returns>The deadline from now, or null where the value is absent, malformed or longer than a timer's reach.</returns>
    public static TimeSpan? ParseTimeout(string? value)
    {
        if (value is null || value.Length is < 2 or > 9 ||
            !long.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long amount))
        {
            return null;
        }

        double ticks = value[^1] switch
        {
            'H' => amount * (double)TimeSpan.TicksPerHour,
            'M' => amount * (double)TimeSpan.TicksPerMinute,
            'S' => amount * (double)TimeSpan.TicksPerSecond,
            'm' => amount * (double)TimeSpan.TicksPerMillisecond,
            'u' => amount * (double)TimeSpan.TicksPerMicrosecond,
            'n' => amount / 100.0,
            _ => double.PositiveInfinity,
        };
        return ticks <= Longest.Ticks ? TimeSpan.FromTicks((long)ticks) : null;
    }

    /// <summary>Writes a deadline as <c>grpc-timeout</c>, in milliseconds, or in seconds where 8 digits do not hold those.</summary>
    public static string FormatTimeout(TimeSpan deadline)
    {
        long milliseconds = Math.Max(1, (long)deadline.TotalMilliseconds);
        return milliseconds < 100_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds}m")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(milliseconds / 1000, 99_999_999)}S");
    }

    /// <summary>Percent-encodes a <c>grpc-message</c>: all bytes but printable ASCII, and the percent sign itself.</summary>
    public static string EncodeMessage(string message)
    {
        var encoded = new StringBuilder(message.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= 0x20 and <= 0x7E and not (byte)'%')
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return encoded.ToString();
    }

    /// <summary>Undoes <see cref="EncodeMessage"/>; what is not a valid escape stays as it is.</summary>
    public static string DecodeMessage(string message) => Uri.UnescapeDataString(message);
}
