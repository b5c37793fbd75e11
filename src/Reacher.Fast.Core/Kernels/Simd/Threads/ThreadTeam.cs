using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Reacher.Fast.Core.Kernels.Simd.Threads;

/// <summary>
/// A few threads that run one piece of work together, thousands of times a second: the caller and Count - 1 workers that wait
/// for the next piece. Handing over and gathering cost about a microsecond; nothing is allocated; the division of work is
/// static. Used by one thread at a time.
/// </summary>
public sealed unsafe class ThreadTeam : IDisposable
{
    private readonly Worker[] workers;
    private delegate* managed<void*, int, int, void> body;
    private void* argument;
    private long round;
    private bool running;
    private bool disposed;

    /// <summary>Starts the workers.</summary>
    /// <param name="count">Members, the caller included: 1 to 1024.</param>
    /// <param name="pin">
    /// Bind worker i to the i-th processor that the calling thread may use. The caller is left as it is; it may bind itself to
    /// the first with <see cref="ThreadAffinity.PinCurrentThread"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is out of its range.</exception>
    public ThreadTeam(int count, bool pin = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1024);
        int[] processors = pin ? ThreadAffinity.AllowedProcessors() : [];
        workers = new Worker[count - 1];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = new Worker(this, i + 1, i + 1 < processors.Length ? processors[i + 1] : -1);
        }
    }

    /// <summary>Members, the caller included.</summary>
    public int Count => workers.Length + 1;

    /// <summary>Runs <paramref name="work"/> on every member and returns when all have done their part.</summary>
    /// <remarks>
    /// What a member throws is thrown here, once all have ended: the caller's own exception first, then that of the lowest
    /// worker. The team can be used again afterwards.
    /// </remarks>
    /// <exception cref="InvalidOperationException">Called from within a piece of work of this team.</exception>
    /// <exception cref="ObjectDisposedException">The team is disposed.</exception>
    public void Run<TWork>(TWork work)
        where TWork : unmanaged, ITeamWork
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (workers.Length == 0)
        {
            work.Execute(0, 1);
            return;
        }

        if (running)
        {
            throw new InvalidOperationException("A team runs one piece of work at a time; this call came from within one.");
        }

        running = true;
        body = &Invoke<TWork>;
        argument = &work;
        long current = ++round;
        foreach (Worker worker in workers)
        {
            worker.Start.Publish(current);
        }

        // `work` lies on this stack frame: nothing may leave it before every worker has ended.
        Exception? failure = null;
        try
        {
            work.Execute(0, Count);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        foreach (Worker worker in workers)
        {
            worker.Done.WaitFor(current);
            failure ??= worker.Failure;
            worker.Failure = null;
        }

        running = false;
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Ends the workers and waits until they have.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        body = null;
        round++;
        foreach (Worker worker in workers)
        {
            worker.Start.Publish(round);
        }

        foreach (Worker worker in workers)
        {
            worker.Thread.Join();
        }
    }

    private static void Invoke<TWork>(void* work, int member, int members)
        where TWork : unmanaged, ITeamWork => Unsafe.AsRef<TWork>(work).Execute(member, members);

    private sealed class Worker
    {
        private readonly ThreadTeam team;
        private readonly int member;
        private readonly int processor;

        public Worker(ThreadTeam team, int member, int processor)
        {
            this.team = team;
            this.member = member;
            this.processor = processor;
            Thread = new Thread(Loop) { IsBackground = true, Name = $"kernel {member}" };
            Thread.Start();
        }

        public ThreadSignal Start { get; } = new();

        public ThreadSignal Done { get; } = new();

        public Thread Thread { get; }

        /// <summary>Written before Done is published, read after it was seen.</summary>
        public Exception? Failure { get; set; }

        private void Loop()
        {
            if (processor >= 0)
            {
                ThreadAffinity.PinCurrentThread(processor);
            }

            for (long next = 1; ; next++)
            {
                Start.WaitFor(next);
                if (team.body == null)
                {
                    return;
                }

                try
                {
                    team.body(team.argument, member, team.Count);
                }
                catch (Exception exception)
                {
                    Failure = exception;
                }

                Done.Publish(next);
            }
        }
    }
}
