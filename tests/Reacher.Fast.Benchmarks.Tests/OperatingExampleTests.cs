namespace Reacher.Fast.Benchmarks.Tests;

/// <summary>The examples of docs/operating.md and the scripts, as far as a machine without Slurm can tell.</summary>
public sealed class OperatingExampleTests
{
    [TestCase("docs/operating/reacher-fast.slurm")]
    [TestCase("docs/operating/reacher-fast-cluster.slurm")]
    [TestCase("build.sh")]
    [TestCase(".ci/run")]
    [TestCase("benchmarks/gpu/run.sh")]
    [TestCase("native/cuda-kernels/build-ptx.sh")]
    public void A_script_is_valid_bash(string path)
    {
        Command? bash = Command.Run(Command.Repository, "bash", "-n", path);
        if (bash is null)
        {
            Assert.Ignore("bash is not installed");
        }

        Assert.That(bash!.ExitCode, Is.Zero, bash.Output);
    }

    [TestCase("reacher-fast", "a-run", "KillMode=mixed", true)]
    [TestCase("reacher-fast", "a-run", "KillMode=mixd", false)]
    [TestCase("reacher-fast-join", "10.0.0.5", "KillMode=mixed", true)]
    [TestCase("reacher-fast-join", "10.0.0.5", "KillMode=mixd", false)]
    public void A_systemd_unit_is_one_that_systemd_takes_and_a_mistake_in_it_is_seen(string name, string instance, string mode, bool expected)
    {
        string folder = Directory.CreateTempSubdirectory("reacher-fast-unit-").FullName;
        try
        {
            string unit = File.ReadAllText(Path.Combine(Command.Repository, "docs", "operating", $"{name}@.service"));
            // A template is verified as one of its instances, and the program need not be there. (A colon in the file's name would name an alias.)
            string path = Path.Combine(folder, $"{name}@{instance}.service");
            File.WriteAllText(path, unit.Replace("KillMode=mixed", mode, StringComparison.Ordinal)
                .Replace("ExecStart=/opt/reacher-fast/reacher-fast ", "ExecStart=/bin/true ", StringComparison.Ordinal));
            Command? verify = Command.Run(folder, "systemd-analyze", "verify", path);
            if (verify is null)
            {
                Assert.Ignore("systemd-analyze is not installed");
            }

            // Warnings leave the exit code at 0 and name the file.
            Assert.That(verify!.ExitCode == 0 && !verify.Output.Contains(path, StringComparison.Ordinal), Is.EqualTo(expected), verify.Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
