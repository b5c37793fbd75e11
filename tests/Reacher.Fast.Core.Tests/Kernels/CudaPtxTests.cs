using System.Diagnostics;
using System.Text.RegularExpressions;
using Reacher.Fast.Core.Kernels.Cuda;
using Reacher.Fast.Core.Tests.Interop;

namespace Reacher.Fast.Core.Tests.Kernels;

/// <summary>The PTX that ships.</summary>
public sealed partial class CudaPtxTests
{
    private static readonly string[] Families =
        ["dense_fp32", "dense_tf32", "dense_bf16", "narrow", "value_head", "layer_norm", "policy", "loss", "optimizer", "data"];

    [Test]
    public void The_committed_ptx_is_what_the_sources_give() => RunScript("build-ptx.sh", "--check");

    /// <summary>ptxas is NVIDIA's and not everywhere; where it is, it has the last word on whether the text is a program.</summary>
    [Test]
    public void The_committed_ptx_assembles_for_Ampere_and_Hopper_and_spills_nothing() => RunScript("assemble-ptx.sh", "sm_80", "sm_90");

    [TestCaseSource(nameof(Families))]
    public void Embedded_ptx_is_for_ampere_and_uses_no_local_memory(string family)
    {
        string ptx = System.Text.Encoding.ASCII.GetString(CudaModules.Ptx(family));
        Assert.That(ptx, Does.Contain(".target sm_80").And.Not.Contain(".local")); // an array in local memory is a slow array
        Assert.That(Entry().Count(ptx), Is.GreaterThan(0));
    }

    [TestCase("dense_tf32", "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32")]
    [TestCase("dense_bf16", "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32")]
    [TestCase("dense_fp32", "cp.async.cg.shared.global")]
    public void Products_are_on_the_units_they_are_meant_for(string family, string instruction) =>
        Assert.That(System.Text.Encoding.ASCII.GetString(CudaModules.Ptx(family)), Does.Contain(instruction));

    private static void RunScript(string name, params string[] arguments)
    {
        string? sources = FakeDriver.Sources();
        if (sources is null)
        {
            Assert.Ignore("native/cuda-kernels is not above the test's folder.");
        }

        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore($"{name} runs on Linux.");
        }

        var start = new ProcessStartInfo("bash", [Path.Combine(sources, name), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode == 3)
        {
            Assert.Ignore(output.Trim());
        }

        Assert.That(process.ExitCode, Is.Zero, output + errors.Result);
    }

    [GeneratedRegex(@"\.visible \.entry \w+\(")]
    private static partial Regex Entry();
}
