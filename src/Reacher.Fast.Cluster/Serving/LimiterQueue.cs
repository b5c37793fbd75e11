using System.Collections.Concurrent;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Cluster.Serving;

/// <summary>
/// Where rows of other machines wait for the run's rate limiter: one thread looks at it as often as an env process of the run does, so that both
/// get their turns, and lets one machine after another go on.
/// </summary>
internal sealed class LimiterQueue : IDisposable
{
    private readonly ConcurrentQueue<TaskCompletionSource> waiting = new();
    private readonly SemaphoreSlim come = new(0);
    private readonly CancellationTokenSource ended = new();
    private readonly ControlBlock control;
    private readonly Thread thread;

    /// <summary>Begins to look.</summary>
    public LimiterQueue(ControlBlock control)
    {
        this.control = control;
        thread = new Thread(Look) { IsBackground = true, Name = "limiter queue" };
        thread.Start();
    }

    /// <summary>Ends when the caller may have a step's rows published, or the run is to end.</summary>
    public Task Wait()
    {
        if (waiting.IsEmpty && control.Limiter.MayStep())
        {
            return Task.CompletedTask;
        }

        // Whoever is let go goes on elsewhere: this thread has to look for the next.
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Enqueue(turn);
        come.Release();
        return turn.Task;
    }

    /// <summary>Ends the thread; it looks at mapped counters, which are unmapped next.</summary>
    public void Dispose()
    {
        ended.Cancel();
        thread.Join();
        come.Dispose();
        ended.Dispose();
    }

    private void Look()
    {
        try
        {
            while (true)
            {
                come.Wait(ended.Token);
                Backoff backoff = default;
                while (!control.ShouldStop && !control.Limiter.MayStep())
                {
                    ended.Token.ThrowIfCancellationRequested();
                    backoff.Wait();
                }

                if (waiting.TryDequeue(out TaskCompletionSource? turn))
                {
                    turn.SetResult();
                }
            }
        }
        catch (OperationCanceledException)
        {
            while (waiting.TryDequeue(out TaskCompletionSource? turn))
            {
                turn.SetCanceled();
            }
        }
    }
}
