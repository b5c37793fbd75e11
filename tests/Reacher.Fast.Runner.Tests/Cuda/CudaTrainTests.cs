using System.Globalization;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Runner.Tests.Cuda;

/// <summary>
/// <c>train --device cuda</c> as a user starts it, on the emulated GPU: what the learner process does with a device, and without one.
/// </summary>
[NonParallelizable]
public sealed class CudaTrainTests
{
    private static readonly string[] Variables = ["REACHER_FAST_CUDA_DRIVER", "REACHER_FAST_EMULATED_GPUS", "REACHER_FAST_EMULATED_FAILURE"];

    // Small networks: the emulated GPU makes some dozens of updates a second.
    private static readonly string[] Small =
    [
        "--hidden-units", "8", "--batch-size", "8", "--num-agents", "4", "--checkpoint-interval", "100", "--publish-interval", "4",
    ];

    private string results = "";

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void CleanUp()
    {
        Array.ForEach(Variables, static name => Environment.SetEnvironmentVariable(name, null));
        Directory.Delete(results, recursive: true);
    }

    [TestCase("a mirror of the replay", "--algorithm", "td3", "--precision", "tf32")]
    [TestCase("page-locked memory", "--normalize", "true", "--precision", "bf16")]
    public void A_run_goes_from_gpu_to_cpu_and_back(string source, params string[] more)
    {
        EmulateGpu();
        string[] options = [.. Small, .. more];
        long first = TrainOn("cuda", 500, options), second = TrainOn("cpu", 100, [.. options, "--resume"]);
        long third = TrainOn("cuda:0", 200, [.. options, "--resume"]);
        Assert.That(first, Is.GreaterThan(50));
        Assert.That(second, Is.GreaterThan(first));
        Assert.That(third, Is.GreaterThan(second));
        string log = LearnerLog();
        Assert.That(log, Does.Contain("learning on cuda:0 Emulated GPU").And.Contain(source));
        Assert.That(log.Split("learning on"), Has.Length.EqualTo(3), "the second run was the CPU's, and no learner died:\n" + log);
    }

    [Test]
    public void A_gpu_that_falls_off_the_bus_ends_the_learner_with_a_sentence_and_the_run_goes_on_on_the_cpu()
    {
        EmulateGpu();
        LoseGpuAt("cuGraphLaunch", calls: 40);
        using (RunnerProcess run = RunnerProcess.Train(results, "a", [.. Small, "--device", "cuda"]))
        {
            Assert.That(run.WaitForExit(), Is.EqualTo(1), run.Errors);
            Assert.That(run.Errors, Does.Contain("learner cannot go on").And.Contain("sees no GPU"));
        }

        Assert.That(LearnerLog(), Does.Contain("cuGraphLaunch failed with").And.Contain("go on with the run by the option 'resume'")
            .And.Contain("the option 'device'"));
        Assert.That(Directory.GetFiles(Path.Combine(results, "a", "Reacher"), "*.safetensors"), Is.Not.Empty);
        long before = Updates();
        Assert.That(TrainOn("cpu", 500, [.. Small, "--resume"]), Is.GreaterThan(before).And.GreaterThan(0));
    }

    [Test]
    public void In_process_a_lost_gpu_ends_the_run_with_a_sentence_and_the_cpu_goes_on()
    {
        EmulateGpu();
        LoseGpuAt("cuGraphLaunch", calls: 50);
        string[] options = ["--in-process", "--num-agents", "1", "--steps-per-update", "25", "--checkpoint-interval", "1", "--max-steps", "3100"];
        using (RunnerProcess run = RunnerProcess.Train(results, "a", [.. options, "--device", "cuda"]))
        {
            Assert.That(run.WaitForExit(), Is.EqualTo(1), run.Errors);
            Assert.That(run.Errors, Does.Contain("cuGraphLaunch failed with").And.Contain("the option 'resume'"));
        }

        using RunnerProcess resumed = RunnerProcess.Train(results, "a", [.. options, "--device", "cpu", "--resume"]);
        Assert.That(resumed.WaitForExit(), Is.Zero, resumed.Errors);
        resumed.WaitForLine("\"finished\"");
    }

    [Test]
    public void In_process_a_run_on_the_gpu_repeats_to_the_bit()
    {
        EmulateGpu();
        string[] options = ["--in-process", "--num-agents", "1", "--steps-per-update", "25", "--max-steps", "1500", "--device", "cuda"];
        foreach (string id in (string[])["a", "b"])
        {
            using RunnerProcess run = RunnerProcess.Train(results, id, options);
            Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        }

        Assert.That(Checkpoint("b"), Is.EqualTo(Checkpoint("a")));
    }

    [Test]
    public void The_gpu_asked_for_is_the_one_used()
    {
        EmulateGpu();
        Environment.SetEnvironmentVariable("REACHER_FAST_EMULATED_GPUS", "2");
        TrainOn("cuda:1", 250, [.. Small, "--batches", "host"]);
        Assert.That(LearnerLog(), Does.Contain("learning on cuda:1").And.Contain("page-locked memory"));
        using RunnerProcess third = RunnerProcess.Train(results, "b", "--device", "cuda:2");
        Assert.That(third.WaitForExit(), Is.EqualTo(2));
        Assert.That(third.Errors, Does.Contain("cuda:2 is not there").And.Contain("cuda:0 to cuda:1"));
    }

    [Test]
    public void Auto_takes_a_gpu_where_there_is_one_and_the_processor_where_there_is_none()
    {
        EmulateGpu();
        long first = TrainOn("auto", 250, Small);
        Assert.That(LearnerLog().Split("learning on cuda:0"), Has.Length.EqualTo(2));
        Environment.SetEnvironmentVariable("REACHER_FAST_CUDA_DRIVER", "libno-such-driver.so");
        Assert.That(TrainOn("auto", 100, [.. Small, "--resume"]), Is.GreaterThan(first));
        Assert.That(LearnerLog().Split("learning on cuda:0"), Has.Length.EqualTo(2), "the second run was the processor's");
    }

    [Test]
    public void Without_a_gpu_the_sentence_says_what_is_missing_and_no_folder_is_made()
    {
        Environment.SetEnvironmentVariable("REACHER_FAST_CUDA_DRIVER", "libno-such-driver.so");
        using RunnerProcess run = RunnerProcess.Train(results, "a", "--device", "cuda");
        Assert.That(run.WaitForExit(), Is.EqualTo(2));
        Assert.That(run.Errors, Does.Contain("libno-such-driver.so").And.Contain("install the NVIDIA driver")
            .And.Contain("set the option 'device' to cpu"));
        Assert.That(run.Errors.Trim().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(Directory.Exists(Path.Combine(results, "a")), Is.False);
    }

    [Test]
    public void Doctor_names_what_is_missing()
    {
        Environment.SetEnvironmentVariable("REACHER_FAST_CUDA_DRIVER", "libno-such-driver.so");
        using RunnerProcess run = RunnerProcess.Start("doctor", "--json");
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        Assert.That(run.RemainingOutput(), Does.Contain("libno-such-driver.so").And.Contain("install the NVIDIA driver")
            .And.Contain("the learner runs on the processor"));
    }

    [TestCase("--precision", "fp16", "fp32, tf32 or bf16")]
    [TestCase("--device", "gpu", "auto, cpu, cuda, cuda:N, torch")]
    [TestCase("--batches", "disk", "auto, mirror or host")]
    public void Other_words_are_refused(string flag, string value, string allowed)
    {
        using RunnerProcess run = RunnerProcess.Train(results, "a", flag, value);
        Assert.That(run.WaitForExit(), Is.EqualTo(2));
        Assert.That(run.Errors, Does.Contain(flag).And.Contain(allowed));
    }

    private static void EmulateGpu()
    {
        if (EmulatedGpu.Build(out string reason) is not string library)
        {
            Assert.Ignore(reason);
            return;
        }

        Environment.SetEnvironmentVariable("REACHER_FAST_CUDA_DRIVER", library);
    }

    /// <summary>The GPU answers "launch failure" from that call on, and is not there for any process that starts later.</summary>
    private void LoseGpuAt(string function, int calls) => Environment.SetEnvironmentVariable(
        "REACHER_FAST_EMULATED_FAILURE", string.Create(CultureInfo.InvariantCulture, $"{function}:{calls}:719:1:{Path.Combine(results, "gone")}"));

    /// <summary>Trains run "a" for so many more transitions, or a few more still, and returns its updates.</summary>
    private long TrainOn(string device, long steps, string[] options)
    {
        if (options.Contains("--resume"))
        {
            using ControlBlock control = RunnerProcess.Control(results, "a");
            steps += control.TotalTransitions;
        }

        using RunnerProcess run = RunnerProcess.Train(
            results, "a", [.. options, "--save-replay-buffer", "--device", device, "--max-steps", steps.ToString(CultureInfo.InvariantCulture)]);
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors + LearnerLog());
        return Updates();
    }

    private long Updates()
    {
        using ControlBlock control = RunnerProcess.Control(results, "a");
        return control.Learner.Updates;
    }

    private string LearnerLog() => File.ReadAllText(Path.Combine(results, "a", "run_logs", "learner.log"));

    private Dictionary<string, byte[]> Checkpoint(string id) =>
        Safetensors.Read(Path.Combine(results, id, "Reacher", CheckpointStore.LatestName)).Tensors.ToDictionary(
            tensor => tensor.Name, tensor => tensor.Data.ToArray());
}
