using System.ComponentModel;
using System.Diagnostics;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>A process that cannot be started, as where there is no memory, no descriptor or no executable left.</summary>
public sealed class SupervisedChildTests
{
    private static readonly Patience Patience = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5));
    private static readonly Exception[] Failures =
        [new Win32Exception(11), new IOException("Too many open files"), new UnauthorizedAccessException()];

    [Test]
    public void A_process_that_dies_on_its_way_into_its_loop_is_tried_again_later_each_time()
    {
        using var folder = new TemporaryFolder();
        using ControlBlock control = ControlBlock.Create(folder["control.map"]);
        var time = new ManualTime();
        var clock = new WatchClock(time);
        // There is no such verb, nor here even such a program.
        using var child = new SupervisedChild(
            control.Slot(ProcessRole.Environment, 0), "env-0", new RestartPolicy(3), clock, new ProcessLog(folder["env-0.log"]),
            log => ChildProcess.Start("env-0", log, ["no-such-verb"], _ => { }));
        Assert.That(child.Start(), Is.Null);
        Assert.That(AfterDeath(), Does.Contain("was started again"), "it may have been killed");
        Assert.That(AfterDeath(), Does.Contain("another try follows in 2 s"));
        Assert.That(After(1.9), Is.Null);
        Assert.That(After(0.2), Is.EqualTo("env-0 was started"));
        Assert.That(AfterDeath(), Does.Contain("another try follows in 4 s"));
        Assert.That(After(4.1), Is.EqualTo("env-0 was started"));
        Assert.That(AfterDeath, Throws.TypeOf<ChildFailedException>().With.Message.Contains("4 times in a row"));

        string? AfterDeath()
        {
            var patience = Stopwatch.StartNew();
            while (!child.HasEnded)
            {
                Assert.That(patience.Elapsed, Is.LessThan(TimeSpan.FromMinutes(5)), "the process ends");
                Thread.Yield();
            }

            return child.RestartIfDeadOrHung(Patience);
        }

        string? After(double seconds)
        {
            string? said = null;
            for (int turn = 0; turn < Math.Round(seconds * 10); turn++)
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                clock.Turn();
                said ??= child.RestartIfDeadOrHung(Patience);
            }

            return said;
        }
    }

    [TestCaseSource(nameof(Failures))]
    public void A_start_that_fails_is_a_death_like_another_and_tried_again_later_each_time(Exception failure)
    {
        using var folder = new TemporaryFolder();
        using ControlBlock control = ControlBlock.Create(folder["control.map"]);
        var time = new ManualTime();
        var clock = new WatchClock(time);
        int tries = 0;
        using var child = new SupervisedChild(
            control.Slot(ProcessRole.Environment, 0), "env-0", new RestartPolicy(3), clock, new ProcessLog(folder["env-0.log"]), Fail);

        Assert.That(child.Start(), Does.StartWith("env-0 could not be started").And.EndsWith("another try follows in 1 s"));
        Assert.That(child.HasEnded, Is.True);
        Assert.That(Turns(0.9), Is.Empty);
        Assert.That(Turns(0.2), Has.Count.EqualTo(1).And.All.EndsWith("in 2 s"));
        Assert.That(Turns(1.8), Is.Empty);
        Assert.That(Turns(0.2), Has.Count.EqualTo(1).And.All.EndsWith("in 4 s"));
        Assert.That(tries, Is.EqualTo(3));
        Assert.That(() => Turns(5), Throws.TypeOf<ChildFailedException>().With.Message.Contains("4 times in a row"));
        Assert.That(child.Slot.Restarts, Is.Zero, "it never ran");
        child.Kill();

        ChildProcess Fail(ProcessLog log)
        {
            tries++;
            throw failure;
        }

        List<string> Turns(double seconds)
        {
            var said = new List<string>();
            for (int turn = 0; turn < Math.Round(seconds * 10); turn++)
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                clock.Turn();
                if (child.RestartIfDeadOrHung(Patience) is string sentence)
                {
                    said.Add(sentence);
                }
            }

            return said;
        }
    }
}
