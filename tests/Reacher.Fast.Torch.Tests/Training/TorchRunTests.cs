using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Torch.Tests.Training;

/// <summary>Runs of the command line with <c>--device torch</c>, in several processes and in lock-step, resumed on either device.</summary>
[NonParallelizable]
public sealed class TorchRunTests
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void MakeFolder() => folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [TestCase(true, "sac")]
    [TestCase(false, "td3")]
    public void A_run_goes_from_our_device_to_TorchSharp_and_back(bool processes, string trainer)
    {
        string[] shape = processes ? ["--num-envs", "1"] : ["--in-process"];
        (long updates, long steps) = (0, 0);
        foreach (string device in new[] { "cpu", "torch", "cpu" })
        {
            // Several processes go a little beyond their limit.
            string[] resume = updates > 0 ? ["--resume"] : [];
            Train("both", [.. shape, "--algorithm", trainer, "--device", device, "--max-steps", $"{steps + 1600}", .. resume]);
            StateDictionary state = Checkpoint("both");
            steps = long.Parse(state.Metadata["transitions"], CultureInfo.InvariantCulture);
            Assert.That(state.GetInt64("learner.updates"), Is.GreaterThan(updates), device);
            Assert.That(state.Metadata["plan"], Does.Contain($"\"device\":\"{device}\"").IgnoreCase);
            updates = state.GetInt64("learner.updates");
        }
    }

    [Test]
    public void A_run_without_updates_on_TorchSharp_leaves_the_checkpoint_as_it_was_to_the_bit()
    {
        Train("one", ["--in-process", "--device", "cpu", "--max-steps", "1600"]);
        StateDictionary before = Checkpoint("one");
        // The run has reached its end, so that it is resumed, saved, and over.
        Train("one", ["--in-process", "--device", "torch", "--max-steps", "1600", "--resume"]);
        StateDictionary after = Checkpoint("one");
        foreach (StateTensor tensor in before.Tensors)
        {
            Assert.That(after.Get(tensor.Name, tensor.Type, [.. tensor.Shape]).Data.Span.SequenceEqual(tensor.Data.Span), tensor.Name);
        }
    }

    [Test]
    public void A_run_that_was_killed_goes_on_as_if_it_had_not_been()
    {
        string[] run = ["--in-process", "--device", "torch", "--checkpoint-interval", "1600", "--max-steps", "5000"];
        Train("whole", run);
        using (Process killed = TestProgram.Start(Arguments("killed", run)))
        {
            string map = Path.Combine(folder.Path, "killed", "control.map");
            while (!File.Exists(map))
            {
                Thread.Yield();
            }

            using ControlBlock control = ControlBlock.Open(map, TimeSpan.FromMinutes(5));
            while (control.TotalTransitions < 2500 && !killed.HasExited)
            {
                Thread.Yield();
            }

            killed.Kill();
            killed.WaitForExit();
        }

        Train("killed", [.. run, "--resume"]);
        StateDictionary whole = Checkpoint("whole"), resumed = Checkpoint("killed");
        foreach (StateTensor tensor in whole.Tensors)
        {
            Assert.That(resumed.Get(tensor.Name, tensor.Type, [.. tensor.Shape]).Data.Span.SequenceEqual(tensor.Data.Span), tensor.Name);
        }
    }

    private void Train(string id, string[] more)
    {
        (int code, string said, string errors) = TestProgram.End(TestProgram.Start(Arguments(id, more)));
        Assert.That(code, Is.Zero, $"{said}\n{errors}");
    }

    private IEnumerable<string> Arguments(string id, string[] more) =>
    [
        "train", "--env", "pendulum", "--results-dir", folder.Path, "--run-id", id, "--seed", "7", "--hidden-units", "16", "--batch-size", "16",
        "--buffer-size", "20000", "--buffer-init-steps", "200", "--threads", "1", "--steps-per-update", "8", .. more,
    ];

    private StateDictionary Checkpoint(string id) =>
        Safetensors.Read(new RunFolder(Path.Combine(folder.Path, id), "Pendulum").Checkpoints(keep: 5).LoadLatest()!.Path);
}
