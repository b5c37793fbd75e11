using System.Runtime.ExceptionServices;

namespace Reacher.Fast.Environments.Mujoco;

/// <summary>Threads that do parts of the same work again and again; the caller's thread does the first part. Nothing is allocated a turn.</summary>
internal sealed class StepThreads : IDisposable
{
    private readonly Action<int, int> work;
    private readonly Thread[] threads;
    private readonly Barrier begin;
    private readonly Barrier end;
    private volatile bool over;
    private volatile Exception? failure;

    /// <param name="count">Threads, the caller's among them.</param>
    /// <param name="work">Does one part of so many.</param>
    public StepThreads(int count, Action<int, int> work)
    {
        this.work = work;
        begin = new Barrier(count);
        end = new Barrier(count);
        threads = new Thread[count - 1];
        for (int i = 0; i < threads.Length; i++)
        {
            int part = i + 1;
            threads[i] = new Thread(() => Serve(part)) { IsBackground = true, Name = $"mujoco {part}" };
            threads[i].Start();
        }
    }

    /// <summary>Does all parts.</summary>
    public void Run()
    {
        if (threads.Length == 0)
        {
            work(0, 1);
            return;
        }

        begin.SignalAndWait();
        Try(0);
        end.SignalAndWait();
        if (failure is Exception error)
        {
            failure = null;
            ExceptionDispatchInfo.Throw(error);
        }
    }

    public void Dispose()
    {
        if (over)
        {
            return;
        }

        over = true;
        if (threads.Length > 0)
        {
            begin.SignalAndWait();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        begin.Dispose();
        end.Dispose();
    }

    private void Serve(int part)
    {
        while (true)
        {
            begin.SignalAndWait();
            if (over)
            {
                return;
            }

            Try(part);
            end.SignalAndWait();
        }
    }

    private void Try(int part)
    {
        try
        {
            work(part, threads.Length + 1);
        }
        catch (Exception error)
        {
            // Thrown in the caller's thread, after all have met.
            failure = error;
        }
    }
}
