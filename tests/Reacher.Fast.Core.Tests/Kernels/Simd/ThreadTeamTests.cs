using Reacher.Fast.Core.Kernels.Simd.Threads;
using Reacher.Fast.Core.Memory;

namespace Reacher.Fast.Core.Tests.Kernels.Simd;

/// <summary>The worker team: everyone takes part, once, in every round; failures reach the caller; nothing is allocated.</summary>
internal sealed unsafe class ThreadTeamTests
{
    [Test]
    public void Every_member_takes_part_exactly_once_in_every_round([Values(1, 2, 3, 8)] int count, [Values] bool pin)
    {
        const int Rounds = 2000;
        using ThreadTeam team = new(count, pin);
        using AlignedMemory<int> turns = new(count);
        for (int round = 1; round <= Rounds; round++)
        {
            team.Run(new CountWork { Turns = (int*)turns.Address });

            // Plain reads: the return of Run must make the members' plain writes visible.
            foreach (int turn in turns.Span)
            {
                if (turn != round)
                {
                    Assert.Fail($"A member has had {turn} turns after round {round}.");
                }
            }
        }
    }

    [Test]
    public void A_parked_team_wakes()
    {
        using ThreadTeam team = new(3);
        using AlignedMemory<int> turns = new(3);
        for (int round = 1; round <= 5; round++)
        {
            // Nothing but the kernel's own word for it tells that a thread is parked.
            SpinWait.SpinUntil(() => WorkersAsleep());
            team.Run(new CountWork { Turns = (int*)turns.Address });
            Assert.That(turns.Span.ToArray(), Is.All.EqualTo(round));
        }
    }

    [Test]
    public void A_members_exception_reaches_the_caller_and_the_team_goes_on([Values(0, 1, 2)] int failing)
    {
        using ThreadTeam team = new(3);
        using AlignedMemory<int> turns = new(3);
        for (int round = 1; round <= 10; round++)
        {
            Assert.That(
                () => team.Run(new CountWork { Turns = (int*)turns.Address, Failing = failing + 1 }),
                Throws.TypeOf<InvalidDataException>().With.Message.EqualTo($"member {failing}"));
            Assert.That(turns.Span.ToArray(), Is.All.EqualTo(round), "the others did not finish their part");
        }
    }

    [Test]
    public void A_piece_of_work_cannot_start_another_on_the_same_team()
    {
        using ThreadTeam team = new(2);
        nint handle = System.Runtime.InteropServices.GCHandle.ToIntPtr(System.Runtime.InteropServices.GCHandle.Alloc(team));
        Assert.That(() => team.Run(new NestedWork { Team = handle }), Throws.InvalidOperationException);
        System.Runtime.InteropServices.GCHandle.FromIntPtr(handle).Free();
    }

    [Test]
    public void A_disposed_team_refuses_and_its_threads_have_ended()
    {
        ThreadTeam team = new(4);
        team.Dispose();
        team.Dispose();
        Assert.That(() => team.Run(default(CountWork)), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_round_allocates_nothing()
    {
        using ThreadTeam team = new(2);
        using AlignedMemory<int> turns = new(2);
        CountWork work = new() { Turns = (int*)turns.Address };
        // The test framework's own threads add theirs now and then; a round that allocates an object takes 24 bytes at least.
        Assert.That(Allocations.LeastOnAllThreads(1000, () => team.Run(work)), Is.LessThan(16 * 1000));
    }

    [Test]
    public void Ranges_cover_everything_once_in_order([Range(0, 70, 7)] int count, [Values(1, 2, 3, 16)] int members, [Values(1, 6)] int grain)
    {
        int next = 0;
        for (int member = 0; member < members; member++)
        {
            WorkRange range = new(count, member, members, grain);
            Assert.That(range.Begin, Is.EqualTo(next));
            Assert.That(range.Begin % grain == 0 || range.Begin == count);
            next = range.End;
        }

        Assert.That(next, Is.EqualTo(count));
    }

    [Test]
    public void Pinning_leaves_the_thread_with_one_processor()
    {
        int[] allowed = ThreadAffinity.AllowedProcessors();
        Assume.That(allowed, Is.Not.Empty, "this system does not tell");
        int[] after = [];
        bool pinned = false;
        Thread thread = new(() =>
        {
            pinned = ThreadAffinity.PinCurrentThread(allowed[^1]);
            after = ThreadAffinity.AllowedProcessors();
        });
        thread.Start();
        thread.Join();
        Assert.That(pinned);
        Assert.That(after, Is.EqualTo(new[] { allowed[^1] }));
        Assert.That(() => ThreadAffinity.PinCurrentThread(-1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    /// <summary>Whether every thread of this process named as a kernel worker sleeps (state S), by /proc.</summary>
    private static bool WorkersAsleep()
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                string stat = File.ReadAllText(Path.Combine(task, "stat"));
                if (stat.Contains("(kernel ", StringComparison.Ordinal) && stat[stat.LastIndexOf(')') + 2] != 'S')
                {
                    return false;
                }
            }
            catch (IOException)
            {
                // The thread ended while we looked.
            }
        }

        return true;
    }

    private struct CountWork : ITeamWork
    {
        public int* Turns;
        public int Failing;

        public readonly void Execute(int member, int members)
        {
            Turns[member]++;
            if (member == Failing - 1)
            {
                throw new InvalidDataException($"member {member}");
            }
        }
    }

    private struct NestedWork : ITeamWork
    {
        public nint Team;

        public readonly void Execute(int member, int members)
        {
            if (member == 0)
            {
                ((ThreadTeam)System.Runtime.InteropServices.GCHandle.FromIntPtr(Team).Target!).Run(default(CountWork));
            }
        }
    }
}
