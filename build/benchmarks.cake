const string Benchmarks = "./benchmarks/Reacher.Fast.Benchmarks/Reacher.Fast.Benchmarks.csproj";
const string GpuTool = "./benchmarks/Reacher.Fast.Gpu/Reacher.Fast.Gpu.csproj";
const string TorchTool = "./benchmarks/Reacher.Fast.TorchSpeed/Reacher.Fast.TorchSpeed.csproj";

/// <summary>
/// The quick measurements, or BenchmarkDotNet with --filter. Figures are printed, never judged: they depend on the machine and
/// its neighbours.
/// </summary>
void RunBenchmarks(BuildReport report)
{
    if (HasArgument("filter"))
    {
        DirectoryPath results = Artifacts("benchmarks");
        CleanDirectory(results);
        RunBenchmark($"--filter \"{Argument<string>("filter")}\" --artifacts \"{results}\"");
        if (GetFiles($"{results}/results/*").Count == 0)
        {
            throw new CakeException($"No benchmark matches '{Argument<string>("filter")}'; their names are listed above.");
        }

        report.Did("Bench", "BenchmarkDotNet's tables are in artifacts/benchmarks/results");
        return;
    }

    string threads = Argument("threads", "1");
    RunBenchmark($"--quick update {threads}{(HasArgument("full") ? "" : " short")}");
    report.Did("Bench", $"updates beside the multiply-add peak on {threads} thread(s)");
    if (!IsRunningOnLinux())
    {
        report.Skipped("Bench, replay", "its quick measurement needs Linux (/dev/shm)");
        return;
    }

    if (!Has("gcc"))
    {
        report.Skipped("Bench, replay", "gcc is not here to compile the limits in C that stand beside it (benchmarks/limits)");
        return;
    }

    RunBenchmark("--quick replay");
    report.Did("Bench", "replay beside C on the same memory");
    if (HasArgument("full"))
    {
        RunBenchmark("--quick replay-together");
        report.Did("Bench", "two writers and a reader at once");
    }
}

void RunBenchmark(string arguments) => Run("dotnet", $"run --no-build -c {configuration} --project {Benchmarks} -- {arguments}");

/// <summary>The runner's own throughput profile.</summary>
void RunProfile(BuildReport report)
{
    Run(
        BuiltRunner().FullPath,
        $"profile{(HasArgument("seconds") ? $" --seconds {Argument<string>("seconds")}" : "")}{(HasArgument("json") ? " --json" : "")}");
    report.Did("Profile", "every stage alone and a real run, beside their limits");
}

/// <summary>benchmarks/gpu/run.sh with what this build made, where there is a GPU.</summary>
void RunGpuChecks(BuildReport report)
{
    if (!Answers("nvidia-smi", "--query-gpu=name --format=csv,noheader", out IReadOnlyList<string> names) || names.Count == 0)
    {
        report.Skipped("Gpu", "nvidia-smi does not answer, so there is no NVIDIA GPU or no driver here");
        return;
    }

    DirectoryPath tools = Artifacts("gpu");
    CleanDirectory(tools);
    Publish(GpuTool, tools);
    Publish(TorchTool, tools.Combine("torchsharp"));
    Run("dotnet", $"publish src/{TorchName} -c {configuration} -r linux-x64 --no-self-contained -o \"{tools.Combine(TorchName)}\"");
    Publish(Runner, tools, SingleFile);
    Run("bash", $"benchmarks/gpu/run.sh \"{tools}\"");
    report.Did("Gpu", $"{names[0].Trim()}; tables to commit under benchmarks/results");
}
