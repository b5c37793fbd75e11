// The machine and the repository as the targets see them.
const string Solution = "./Reacher.Fast.sln";
const string Runner = "./src/Reacher.Fast.Runner/Reacher.Fast.Runner.csproj";

/// <summary>Where a target leaves what it made.</summary>
DirectoryPath Artifacts(string name)
{
    DirectoryPath folder = MakeAbsolute(Directory("./artifacts")).Combine(name);
    EnsureDirectoryExists(folder);
    return folder;
}

/// <summary>Whether a command is on the path, or a program at the path given.</summary>
bool Has(string command) => command.Contains('/') ? FileExists(command) : Context.Tools.Resolve(command) is not null;

/// <summary>Runs a program from the repository's root, its output going where the build's goes.</summary>
/// <exception cref="CakeException">It ended with another code than 0.</exception>
void Run(string program, string arguments, IDictionary<string, string> environment = null) => RunIn(".", program, arguments, environment);

/// <summary>The same, from another folder.</summary>
void RunIn(DirectoryPath folder, string program, string arguments, IDictionary<string, string> environment = null)
{
    int code = StartProcess(program, new ProcessSettings { Arguments = arguments, WorkingDirectory = folder, EnvironmentVariables = environment });
    if (code != 0)
    {
        throw new CakeException($"'{program} {arguments}' ended with code {code}; its output above says why.");
    }
}

/// <summary>Whether a program starts and ends with 0; the lines it printed.</summary>
bool Answers(string program, string arguments, out IReadOnlyList<string> output)
{
    output = Array.Empty<string>();
    if (!Has(program))
    {
        return false;
    }

    int code = StartProcess(program, new ProcessSettings { Arguments = arguments, RedirectStandardOutput = true, RedirectStandardError = true },
        out IEnumerable<string> lines);
    output = lines.ToArray();
    return code == 0;
}

/// <summary>The runner that Build made.</summary>
FilePath BuiltRunner() =>
    MakeAbsolute(File($"./src/Reacher.Fast.Runner/bin/{configuration}/net10.0/reacher-fast{(IsRunningOnWindows() ? ".exe" : "")}"));

/// <summary>
/// Compiles the CUDA kernels with what is here. clang 19 rewrites the PTX that is committed, which is made by this one compiler so that it can be
/// compared; nvcc's serves only this machine's GPU, through REACHER_FAST_PTX.
/// </summary>
void CompileKernels(BuildReport report)
{
    const string script = "native/cuda-kernels/build-ptx.sh";
    string clang = EnvironmentVariable("CLANG") ?? "clang-19";
    bool hasClang = Has(clang);
    if (hasClang)
    {
        Run("bash", script);
        report.Did("Kernels", "native/cuda-kernels/ptx compiled by clang 19");
    }

    if (Has("nvcc"))
    {
        DirectoryPath folder = Artifacts("ptx");
        Run("bash", $"{script} --nvcc {folder}");
        report.Did("Kernels", $"artifacts/ptx compiled by nvcc (REACHER_FAST_PTX={folder} makes a run use it)");
    }
    else if (!hasClang)
    {
        report.Skipped("Kernels", "neither clang-19 nor nvcc is here; the committed PTX is used as it is");
    }
}
