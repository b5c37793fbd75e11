using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.Replay.Tests.Faults;

/// <summary>
/// A control block with flipped bits, a lost page or a cut is refused in one sentence or goes on to be used; nothing else is
/// thrown. Its counters bear no checksum, since each changes by itself many times a second, so a wrong number cannot be told.
/// </summary>
public sealed class DamagedControlBlockTests
{
    private const int Damages = 200_000;
    private const int SlotsOffset = MappedHeader.PageBytes;
    private const int CountersOffset = 256;
    private const int CountersBytes = 200;
    private const int SlotBytes = 512;
    private static readonly RateLimits Limits = new(0.33, 5_000, 1, 4);

    [Test]
    [Category("Stress")]
    [Explicit("A quarter of a minute: dotnet test -c Release tests/Reacher.Fast.Replay.Tests --filter TestCategory=Stress")]
    public void A_damaged_block_is_refused_or_can_be_used()
    {
        using TempFolder folder = new();
        string path = folder.File("control");
        byte[] good = Good(path);
        Random random = new(10);
        int refused = 0, impossible = 0;
        for (int damage = 0; damage < Damages; damage++)
        {
            File.WriteAllBytes(path, Damaged(good, random));
            try
            {
                using ControlBlock control = ControlBlock.Open(path, TimeSpan.Zero);
                impossible += IsImpossible(control) ? 1 : 0;
                Resume(control);
            }
            catch (MappedFileException refusal)
            {
                Assert.That(refusal.Message, Does.Contain(path).And.EndsWith("."));
                refused++;
            }
        }

        TestContext.Out.WriteLine($"{Damages} damaged blocks: {refused} refused, {impossible} taken with an impossible counter");
        Assert.That(refused, Is.InRange(Damages / 10, Damages * 9 / 10), "the damages reach both ends");
    }

    private static byte[] Good(string path)
    {
        using ControlBlock control = ControlBlock.Create(path);
        using MappedFile raw = MappedFile.Open(path);
        control.Limiter.Configure(Limits);
        control.Learner.AddUpdates(1_000);
        control.Slot(ProcessRole.Environment, 0).AddVectorStep(100_000);
        control.Supervisor.Take();
        control.Learner.Take();
        // Both died with the machine. They started at tick 0, so that no flipped bit can name a process, or a thread, of today.
        ulong dead = (ProcessIdentity.Current with { StartTicks = 0 }).Incarnation;
        raw.Word(SlotsOffset).WriteRelease(dead);
        raw.Word(SlotsOffset + SlotBytes).WriteRelease(dead);
        return File.ReadAllBytes(path);
    }

    /// <summary>One to three bits, mostly where something is: the header, its counters and limits, the first slots.</summary>
    private static byte[] Damaged(byte[] good, Random random)
    {
        byte[] damaged = [.. good];
        for (int flips = random.Next(1, 4); flips > 0; flips--)
        {
            int at = random.Next(5) switch
            {
                0 => random.Next(SlotsOffset),
                1 => CountersOffset + random.Next(CountersBytes),
                2 => SlotsOffset + random.Next(3 * SlotBytes),
                _ => random.Next(damaged.Length),
            };
            TornPages.FlipBit(damaged, at, random);
        }

        if (random.Next(10) == 0)
        {
            TornPages.ClearPage(damaged, random);
        }

        return random.Next(10) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
    }

    private static bool IsImpossible(ControlBlock control)
    {
        const long Most = 1_000_000_000;
        return new[] { control.TotalTransitions, control.TotalEpisodes, control.Learner.Updates, control.CooldownStart ?? 0 }
            .Any(counter => counter is < 0 or > Most);
    }

    /// <summary>What the supervisor and the learner of a resumed run do first.</summary>
    private static void Resume(ControlBlock control)
    {
        control.Learner.Take();
        control.ClearStop();
        control.Limiter.Configure(Limits);
        _ = control.Limiter.MayStep();
        _ = control.Limiter.MayUpdate();
        Assert.That(control.ShouldStop, Is.False);
    }
}
