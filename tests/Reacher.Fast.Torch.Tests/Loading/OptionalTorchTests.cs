namespace Reacher.Fast.Torch.Tests.Loading;

/// <summary>A runner that does not know TorchSharp finds this assembly beside itself, or says in a sentence what is missing.</summary>
public sealed class OptionalTorchTests
{
    private const string Name = "Reacher.Fast.Torch";
    private TemporaryFolder program = null!;

    [SetUp]
    public void MakeFolder()
    {
        program = new TemporaryFolder();
        Directory.CreateDirectory(program[Name]);
    }

    [TearDown]
    public void DeleteFolder() => program.Dispose();

    [Test]
    public void It_learns_in_a_context_of_its_own()
    {
        string[] files = [$"{Name}.dll", "TorchSharp.dll", "Google.Protobuf.dll", "ICSharpCode.SharpZipLib.dll", "libLibTorchSharp.so"];
        foreach (string file in files)
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), program[$"{Name}/{file}"]);
        }

        (int code, string said, string errors) = TestProgram.End(TestProgram.Start("beside", program.Path));
        Assert.That((code, said), Is.EqualTo((0, "1 update, apart")), errors);
    }

    [Test]
    public void One_of_another_version_is_refused_before_it_is_loaded()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "TorchSharp.dll"), program[$"{Name}/{Name}.dll"]);
        (int code, string said, _) = TestProgram.End(TestProgram.Start("beside", program.Path));
        Assert.That(code, Is.EqualTo(2));
        Assert.That(said, Does.Contain($"{Name}.dll' is of version ").And.Contain("where this program is of version"));
    }

    [Test]
    public void The_runner_alone_says_what_it_needs()
    {
        string runner = Path.Combine(AppContext.BaseDirectory, "reacher-fast.dll");
        (int code, _, string errors) = TestProgram.End(
            TestProgram.StartAssembly(runner, "train", "--device", "torch", "--env", "pendulum", "--results-dir", program.Path));
        Assert.That(code, Is.EqualTo(2));
        Assert.That(errors, Does.Contain($"To learn on the device 'torch', {Name} is needed, which is not here: put the folder"));
        Assert.That(errors, Does.Not.Contain("\n"));
    }

    [TestCase("torch-cuda", "has no CUDA; set REACHER_FAST_LIBTORCH")]
    [TestCase("torch:1", "must be auto, cpu, cuda, cuda:N, torch, torch-cuda or torch-cuda:N")]
    public void A_device_that_is_not_here_is_a_sentence_before_the_run_begins(string device, string sentence)
    {
        (int code, _, string errors) = TestProgram.End(TestProgram.Start(
            "train", "--device", device, "--env", "pendulum", "--results-dir", program.Path));
        Assert.That(code, Is.EqualTo(2));
        Assert.That(errors, Does.Contain(sentence).And.Not.Contain("\n"));
    }
}
