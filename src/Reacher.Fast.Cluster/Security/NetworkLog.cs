using System.Collections.Concurrent;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Cluster.Security;

/// <summary>
/// What Orleans logs, for people: of what went wrong on the network one sentence for each kind, not more often than every few seconds, and
/// whole entries only where stack traces are asked for. All else is Orleans' own affair.
/// </summary>
internal sealed class NetworkLog(Action<string> say) : ILoggerProvider, ILogger
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, long> said = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        if (OutputLine.WantsTraces)
        {
            OutputLine.Write($"{formatter(state, exception)} {exception}", 1 << 14);
        }

        if (Describe(exception) is string sentence && IsDue(sentence))
        {
            say(sentence);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static string? Describe(Exception? exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is AuthenticationException)
            {
                return "A connection was refused: the other side showed no certificate of this run.";
            }

            if (cause.GetType().Name is "InvalidMessageFrameException" or "OrleansConfigurationException" || cause is InvalidDataException)
            {
                return "A connection was refused: what came over it are no messages of this program.";
            }
        }

        return null;
    }

    private bool IsDue(string sentence)
    {
        long now = Environment.TickCount64;
        long last = said.GetOrAdd(sentence, long.MinValue / 2);
        return now - last > Pause.TotalMilliseconds && said.TryUpdate(sentence, now, last);
    }
}
