/// <summary>
/// Measures what benchmarks/results/MACHINE/ holds and writes it there, one file a measurement, each with the machine, the
/// commit and the date at its head: updates, replay, the profile, and PyTorch's and others' figures where Python has them.
/// On a quiet machine: the load is noted, not subtracted.
/// </summary>
void RecordResults(BuildReport report)
{
    var machine = Machine.Describe(Context, Answers);
    DirectoryPath folder = MakeAbsolute(Directory("./benchmarks/results")).Combine(Argument("machine", machine.Name));
    EnsureDirectoryExists(folder);
    Record("profile", "Every stage of a run alone, then together", BuiltRunner().FullPath, "profile --seconds 30");
    Record("update", "Updates and inference on one thread, beside the multiply-add peak", "dotnet", Benchmark("--quick update 1"));
    if (Environment.ProcessorCount > 2)
    {
        Record("update-threads", $"Updates on {Environment.ProcessorCount - 1} threads", "dotnet",
            Benchmark($"--quick update {Environment.ProcessorCount - 1}"));
    }

    if (IsRunningOnLinux() && Has("gcc"))
    {
        Record("replay", "The replay beside C on the same memory", "dotnet", Benchmark("--quick replay"));
        Record("replay-together", "Two writers and a reader at once", "dotnet", Benchmark("--quick replay-together"));
    }
    else
    {
        report.Skipped("Results, replay", "it needs Linux, and gcc for the limits in C beside it");
    }

    string python = Argument("python", "python3");
    if (Answers(python, "-c \"import torch\"", out _))
    {
        Record("peers", "Reacher.Fast and its peers in turn", python, "benchmarks/peers/compare.py");
    }
    else
    {
        report.Skipped("Results, peers", $"{python} has no PyTorch; --python=PATH names one that has");
    }

    void Record(string name, string title, string program, string arguments)
    {
        if (HasArgument("only") && !Argument<string>("only").Split(',').Contains(name))
        {
            return;
        }

        int code = StartProcess(
            program, new ProcessSettings { Arguments = arguments, RedirectStandardOutput = true }, out IEnumerable<string> lines);
        string[] output = lines.ToArray();
        Information(string.Join(Environment.NewLine, output));
        if (code != 0)
        {
            throw new CakeException($"'{program} {arguments}' ended with code {code}; its output above says why.");
        }

        // A path of this machine says nothing elsewhere.
        string command = arguments.Replace(MakeAbsolute(Directory(".")).FullPath + "/", "");
        System.IO.File.WriteAllText(
            folder.CombineWithFilePath(name + ".md").FullPath,
            $"# {title}\n\n{machine.Table()}\n    " +
            $"{System.IO.Path.GetFileName(program)} {command}\n\n```\n{string.Join("\n", output).TrimEnd()}\n```\n");
        report.Did("Results", $"benchmarks/results/{folder.GetDirectoryName()}/{name}.md");
    }

    string Benchmark(string arguments) => $"run --no-build -c {configuration} --project {Benchmarks} -- {arguments}";
}

public delegate bool Question(string program, string arguments, out IReadOnlyList<string> output);

/// <summary>What figures were taken on.</summary>
public sealed class Machine
{
    private readonly List<(string Name, string Value)> facts = new();

    /// <summary>The folder of its results: processor and cores.</summary>
    public string Name { get; private set; }

    public static Machine Describe(ICakeContext context, Question ask)
    {
        string processor = Line("/proc/cpuinfo", "model name") ?? System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString();
        string gpu = First("nvidia-smi", "--query-gpu=name,driver_version --format=csv,noheader");
        var machine = new Machine { Name = Slug($"{processor} {Environment.ProcessorCount} cores{(gpu is null ? "" : " " + gpu.Split(',')[0])}") };
        machine.Add("Processor", $"{processor}, {Environment.ProcessorCount} cores{(Flags() is { Length: > 0 } flags ? ", " + flags : "")}");
        machine.Add("Memory", Line("/proc/meminfo", "MemTotal"));
        machine.Add("GPU, driver", gpu ?? "none");
        machine.Add("System", System.Runtime.InteropServices.RuntimeInformation.OSDescription);
        machine.Add("SDK", First("dotnet", "--version"));
        machine.Add("Commit", First("git", "rev-parse --short HEAD") +
            (First("git", "status --porcelain --untracked-files=no") is null ? "" : ", with changes"));
        machine.Add("Date", DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm") + " UTC");
        machine.Add("Load before", System.IO.File.Exists("/proc/loadavg")
            ? System.IO.File.ReadAllText("/proc/loadavg").Split(' ')[0] + " (one minute)"
            : null);
        return machine;

        string First(string program, string arguments) =>
            ask(program, arguments, out IReadOnlyList<string> lines) ? lines.FirstOrDefault()?.Trim() : null;

        string Flags() =>
            string.Join(", ", new[] { "avx2", "fma", "avx512f" }.Where(flag => Line("/proc/cpuinfo", "flags")?.Split(' ').Contains(flag) == true));
    }

    public string Table() => "| | |\n|---|---|\n" + string.Concat(facts.Select(fact => $"| {fact.Name} | {fact.Value} |\n"));

    private void Add(string name, string value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            facts.Add((name, value));
        }
    }

    private static string Line(string path, string name) => System.IO.File.Exists(path)
        ? System.IO.File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name))?.Split(':', 2)[1].Trim()
        : null;

    private static string Slug(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text.ToLowerInvariant().Replace("processor", ""), "[^a-z0-9]+", "-").Trim('-');
}
