using System.Diagnostics.Metrics;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Reporting.Telemetry;

namespace Reacher.Fast.Training.Tests.Reporting.Telemetry;

/// <summary>What a listener, such as dotnet-counters, sees of a run.</summary>
public sealed class RunMeterTests
{
    [Test]
    public void A_listener_sees_every_figure_of_the_status_under_its_own_name()
    {
        Dictionary<string, double> seen = Observe(SyntheticRun.Status(0, 0) with
        {
            Transitions = 1,
            Updates = 2,
            Episodes = 3,
            EvaluationEpisodes = 4,
            TransitionsPerSecond = 5,
            UpdatesPerSecond = 6,
            UpdateRatio = 7,
            TrainingScore = 8,
            EvaluationScore = 9,
            WindowMean = 10,
            WindowCount = 50,
            WindowSize = 100,
            ReplayRows = 25,
            ReplayCapacity = 100,
            Figures = [11, 0, 0, 13, 0, 12, 14, 15, 0, 0],
            Processes = [new("learner", ProcessPhase.Running, 90, 0), new("env-0", ProcessPhase.Waiting, 10, 2)],
            Machines = [SyntheticRun.Machine("node", 0, 100), SyntheticRun.Machine("node", 1, 200)],
        });
        Assert.That(seen, Is.EquivalentTo(new Dictionary<string, double>
        {
            ["reacher_fast.transitions"] = 1, ["reacher_fast.updates"] = 2, ["reacher_fast.episodes"] = 3, ["reacher_fast.evaluation.episodes"] = 4,
            ["reacher_fast.transitions.rate"] = 5, ["reacher_fast.updates.rate"] = 6, ["reacher_fast.updates.per_transition"] = 7,
            ["reacher_fast.training.score"] = 8,
            ["reacher_fast.evaluation.score"] = 9, ["reacher_fast.evaluation.window.mean"] = 10, ["reacher_fast.evaluation.window.fill"] = 0.5,
            ["reacher_fast.replay.rows"] = 25, ["reacher_fast.replay.fill"] = 0.25, ["reacher_fast.critic.loss"] = 11,
            ["reacher_fast.policy.loss"] = 12,
            ["reacher_fast.q.mean"] = 13, ["reacher_fast.entropy"] = 14, ["reacher_fast.entropy.coefficient"] = 15,
            ["reacher_fast.process.cpu learner"] = 0.9, ["reacher_fast.process.cpu env-0"] = 0.1,
            ["reacher_fast.process.restarts learner"] = 0, ["reacher_fast.process.restarts env-0"] = 2,
            ["reacher_fast.machine.rows node 0"] = 100, ["reacher_fast.machine.rows node 1"] = 200,
            ["reacher_fast.machine.rows.rate node 0"] = 10, ["reacher_fast.machine.rows.rate node 1"] = 10,
            ["reacher_fast.machine.rows.waiting node 0"] = 3, ["reacher_fast.machine.rows.waiting node 1"] = 3,
            ["reacher_fast.machine.weights.behind node 0"] = 4, ["reacher_fast.machine.weights.behind node 1"] = 4,
            ["reacher_fast.machine.silence node 0"] = 0.5, ["reacher_fast.machine.silence node 1"] = 0.5,
        }));
    }

    [Test]
    public void What_is_not_a_number_or_not_yet_measured_is_not_reported()
    {
        Dictionary<string, double> seen = Observe(SyntheticRun.Status(0, 0) with
        {
            TrainingScore = double.NaN,
            EvaluationScore = double.NaN,
            Updates = 1,
            Figures = [double.PositiveInfinity, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        });
        Assert.That(seen.Keys, Has.Member("reacher_fast.policy.loss").And.No.Member("reacher_fast.critic.loss"));
        seen = Observe(SyntheticRun.Status(0, 0) with { TrainingScore = double.NaN, EvaluationScore = double.NaN, WindowMean = double.NaN });
        Assert.That(seen.Keys, Does.Contain("reacher_fast.transitions"));
        Assert.That(seen.Keys, Has.None.EndWith("score").And.None.EndWith("loss").And.None.EndWith("window.mean"));
        Assert.That(Observe(null), Is.Empty, "before the first status there is nothing to see");
    }

    private static Dictionary<string, double> Observe(RunStatus? status)
    {
        string run = Guid.NewGuid().ToString();
        using var meter = new RunMeter(run, "Reacher");
        if (status is not null)
        {
            meter.OnStatus(status, []);
        }

        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener();
        // Other tests' runs have meters of the same name.
        listener.InstrumentPublished = (instrument, me) =>
        {
            if (instrument.Meter.Name == RunMeter.Name && instrument.Meter.Tags!.Any(tag => Equals(tag.Value, run)))
            {
                me.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add(NameOf(instrument, tags), value));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Add(NameOf(instrument, tags), Math.Round(value, 9)));
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }

    private static string NameOf(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', [instrument.Name, .. tags.ToArray().Select(tag => tag.Value)]);
}
