const string OnnxName = "Reacher.Fast.Onnx";
const string TorchName = "Reacher.Fast.Torch";
const string ClusterName = "Reacher.Fast.Cluster";

// No property that changes how the libraries compile: they share their outputs with the build that is packed beside.
const string SingleFile = "-p:PublishSingleFile=true -p:IncludeNativeLibrariesForSelfExtract=true " +
    "-p:CopyOutputSymbolsToPublishDirectory=false -p:PublishDocumentationFiles=false";

/// <summary>The projects that are packed: all under src/ but the executable.</summary>
IEnumerable<FilePath> Libraries() =>
    GetFiles("./src/**/*.csproj").Where(file => !file.FullPath.EndsWith("Runner.csproj")).OrderBy(file => file.FullPath);

/// <summary>
/// Writes each library's public members into its PublicAPI.Unshipped.txt, and takes out those that are gone; the analyser that compares them
/// makes the changes. With --ship, as for a release, the lists become PublicAPI.Shipped.txt first.
/// </summary>
void ListPublicApi(BuildReport report)
{
    foreach (FilePath project in Libraries())
    {
        string folder = project.GetDirectory().FullPath;
        string shipped = $"{folder}/PublicAPI.Shipped.txt", unshipped = $"{folder}/PublicAPI.Unshipped.txt";
        // A merge of two branches may have left a line twice, and a new library has no list yet.
        WriteApi(shipped, ReadApi(shipped));
        WriteApi(unshipped, ReadApi(unshipped));
        // One pass leaves out some of the members that a type has several of at one place, as records do.
        string[] members;
        do
        {
            members = ReadApi(unshipped);
            Run("dotnet", $"format analyzers \"{project}\" --diagnostics RS0016 RS0017 --severity warn");
        }
        while (!members.SequenceEqual(ReadApi(unshipped)));

        if (HasArgument("ship"))
        {
            WriteApi(shipped, ReadApi(shipped).Concat(members));
        }

        WriteApi(unshipped, HasArgument("ship") ? Array.Empty<string>() : members);
        report.Did("PublicApi", $"{project.GetFilenameWithoutExtension()}: {ReadApi(shipped).Length} shipped, {ReadApi(unshipped).Length} since");
    }

    string[] ReadApi(string file) => System.IO.File.Exists(file)
        ? System.IO.File.ReadAllLines(file).Where(line => line.Length > 0 && line != "#nullable enable").ToArray()
        : Array.Empty<string>();

    void WriteApi(string file, IEnumerable<string> members) =>
        System.IO.File.WriteAllText(file, string.Concat(members.Distinct().OrderBy(line => line, StringComparer.Ordinal).Prepend("#nullable enable")
            .Select(line => line + "\n")));
}

/// <summary>A NuGet package, with its symbols beside it, of every library under src/ that is packable.</summary>
void PackLibraries(BuildReport report)
{
    DirectoryPath folder = Artifacts("packages");
    CleanDirectory(folder);
    foreach (FilePath project in Libraries())
    {
        DotNetPack(project.FullPath, new DotNetPackSettings { Configuration = configuration, NoBuild = true, OutputDirectory = folder });
    }

    DotNetPack("./templates", new DotNetPackSettings { Configuration = configuration, OutputDirectory = folder });

    report.Did("Pack", $"{GetFiles($"{folder}/*.nupkg").Count} packages and {GetFiles($"{folder}/*.snupkg").Count} of symbols in artifacts/packages");
}

/// <summary>
/// The runner as one file that needs neither the SDK nor the runtime, and beside it, in a folder of its own, what only some users want. Both are
/// tried with nothing around them.
/// </summary>
void PublishRunner(BuildReport report)
{
    DirectoryPath folder = Artifacts("linux-x64");
    CleanDirectory(folder);
    Publish(Runner, folder, SingleFile);
    FilePath file = folder.CombineWithFilePath("reacher-fast");
    report.Did("SingleFile", $"the runner as one file of {MebiBytes(file.FullPath)}, artifacts/linux-x64/reacher-fast");
    DirectoryPath onnx = folder.Combine(OnnxName);
    Run("dotnet", $"publish src/{OnnxName} -c {configuration} -r linux-x64 --no-self-contained -o \"{onnx}\" -p:PublishDocumentationFiles=false");
    string size = MebiBytes([.. GetFiles($"{onnx}/*").Select(part => part.FullPath)]);
    report.Did("SingleFile", $"what plays ONNX policies, {size}, in {OnnxName} beside it");
    DirectoryPath torch = folder.Combine(TorchName);
    Run("dotnet", $"publish src/{TorchName} -c {configuration} -r linux-x64 --no-self-contained -o \"{torch}\" -p:PublishDocumentationFiles=false");
    size = MebiBytes([.. GetFiles($"{torch}/*").Select(part => part.FullPath)]);
    report.Did("SingleFile", $"what learns on TorchSharp, {size} without libtorch, in {TorchName} beside it");
    DirectoryPath cluster = folder.Combine(ClusterName);
    Run(
        "dotnet",
        $"publish src/{ClusterName} -c {configuration} -r linux-x64 --no-self-contained -o \"{cluster}\" -p:PublishDocumentationFiles=false");
    size = MebiBytes([.. GetFiles($"{cluster}/*").Select(part => part.FullPath)]);
    report.Did("SingleFile", $"what lets other machines join, {size}, in {ClusterName} beside it");
    RequireNotices(cluster, "Microsoft.Orleans.Runtime");
    RequireNotices(torch, "TorchSharp");
    RequireNotices(folder, "Microsoft.NETCore.App.Runtime.linux-x64");
    RequireNotices(onnx, "Microsoft.ML.OnnxRuntime");
    if (!IsRunningOnLinux() || System.Runtime.InteropServices.RuntimeInformation.OSArchitecture != System.Runtime.InteropServices.Architecture.X64)
    {
        report.Skipped("SingleFile, training with it", "this machine is not linux-x64");
        return;
    }

    TryRunner(file, onnx, torch);
    report.Did("SingleFile", "which trained the arm in an empty environment, from another folder, and played the model that it left");
}

/// <summary>Makes sure that the notices lie in a folder and name a package that is in it.</summary>
void RequireNotices(DirectoryPath folder, string package)
{
    string notices = $"{folder}/THIRD-PARTY-NOTICES.txt";
    if (!FileExists(notices) || !System.IO.File.ReadAllText(notices).Contains(package + " "))
    {
        throw new CakeException($"{notices} is missing, or says nothing of {package}.");
    }
}

string MebiBytes(params string[] files) => $"{files.Sum(file => new System.IO.FileInfo(file).Length) / 1048576.0:F0} MiB";

/// <summary>Trains the arm for a few thousand steps with nothing around the file: no SDK on the path, no environment, another folder.</summary>
void TryRunner(FilePath file, DirectoryPath onnx, DirectoryPath torch)
{
    string folder = System.IO.Directory.CreateTempSubdirectory("reacher-fast-pack-").FullName;
    try
    {
        RunIn(folder, "env", $"-i \"{file}\" doctor");
        RunIn(folder, "env", $"-i \"{file}\" train --run-id packed --max-steps 4000 --max-step 400 --window 2 --seed 1");
        foreach (string made in new[] { "Reacher.onnx", "summary.json", "metrics.jsonl" })
        {
            if (!FileExists($"{folder}/results/packed/{made}"))
            {
                throw new CakeException($"{file} trained the arm and left no {made}.");
            }
        }

        TryOnnx(folder, file, onnx);
        TryTorch(folder, file, torch);
    }
    finally
    {
        System.IO.Directory.Delete(folder, recursive: true);
    }
}

/// <summary>
/// The model that a run left, played by the single file: with what it needs beside it; without; and with what does not fit, which is one sentence.
/// </summary>
void TryOnnx(string folder, FilePath file, DirectoryPath onnx)
{
    const string Play = "eval results/packed/Reacher.onnx --episodes 1 --max-step 400";
    RunIn(folder, "env", $"-i \"{file}\" {Play}");

    // A copy, so that what is published stays whole while parts of it are taken away here.
    DirectoryPath program = Directory($"{folder}/program");
    DirectoryPath beside = program.Combine(OnnxName);
    CopyDirectory(onnx, beside);
    CopyFileToDirectory(file, program);
    FilePath copy = program.CombineWithFilePath("reacher-fast");
    DeleteFile(beside.CombineWithFilePath("libonnxruntime.so"));
    Refuses(folder, copy, Play, "ONNX Runtime's native library cannot be loaded");
    FilePath runtime = beside.CombineWithFilePath("Microsoft.ML.OnnxRuntime.dll");
    FilePath assembly = beside.CombineWithFilePath($"{OnnxName}.dll");
    DeleteFile(assembly);
    MoveFile(runtime, assembly);
    Refuses(folder, copy, Play, "is of version 1.31");
    CopyFile(onnx.CombineWithFilePath($"{OnnxName}.dll"), assembly);
    Refuses(folder, copy, Play, "cannot be used (Could not load file or assembly 'Microsoft.ML.OnnxRuntime");
    DeleteDirectory(beside, new DeleteDirectorySettings { Recursive = true });
    Refuses(folder, copy, Play, $"{OnnxName} is needed, which is not here");
}

/// <summary>
/// The single file learns on TorchSharp with what lies beside it and libtorch from where it is; without the former it says what is missing.
/// </summary>
void TryTorch(string folder, FilePath file, DirectoryPath torch)
{
    const string Train = "train --env pendulum --device torch --run-id torch --max-steps 3000 --window 2 --seed 1 --force";
    string libtorch = $"{EnvironmentVariable("NUGET_PACKAGES") ?? $"{EnvironmentVariable("HOME")}/.nuget/packages"}" +
        "/libtorch-cpu-linux-x64/2.10.0/runtimes/linux-x64/native";
    RunIn(folder, "env", $"-i REACHER_FAST_LIBTORCH=\"{libtorch}\" \"{file}\" {Train}");

    DirectoryPath program = Directory($"{folder}/program");
    DirectoryPath beside = program.Combine(TorchName);
    FilePath copy = program.CombineWithFilePath("reacher-fast");
    Refuses(folder, copy, Train, $"{TorchName} is needed, which is not here");
    CopyDirectory(torch, beside);
    CopyFile(torch.CombineWithFilePath("TorchSharp.dll"), beside.CombineWithFilePath($"{TorchName}.dll"));
    Refuses(folder, copy, Train, "where this program is of version");
}

/// <summary>Runs the single file, which must end with code 2 and one line that holds a sentence.</summary>
void Refuses(string folder, FilePath file, string arguments, string sentence)
{
    var settings = new ProcessSettings
    {
        Arguments = $"-i \"{file}\" {arguments}", WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
    };
    int code = StartProcess("env", settings, out IEnumerable<string> _, out IEnumerable<string> errors);
    string[] lines = errors.ToArray();
    if (code != 2 || lines.Length != 1 || !lines[0].Contains(sentence))
    {
        throw new CakeException(
            $"'{file} {arguments}' ended with code {code} where 2 and '{sentence}' were expected; it said: {string.Join(" / ", lines)}");
    }
}

/// <summary>Publishes a program for linux-x64 with the runtime in it.</summary>
void Publish(string project, DirectoryPath folder, string properties = "") =>
    Run("dotnet", $"publish {project} -c {configuration} -r linux-x64 --self-contained -o \"{folder}\" {properties}");
