const string SingleFile = "-p:PublishSingleFile=true -p:IncludeNativeLibrariesForSelfExtract=true -p:DebugType=embedded -p:GenerateDocumentationFile=false";

/// <summary>A NuGet package, with its symbols beside it, of every library under src/ that is packable.</summary>
void PackLibraries(BuildReport report)
{
    DirectoryPath folder = Artifacts("packages");
    CleanDirectory(folder);
    foreach (FilePath project in GetFiles("./src/**/*.csproj").Where(file => !file.FullPath.EndsWith("Runner.csproj")).OrderBy(file => file.FullPath))
    {
        DotNetPack(project.FullPath, new DotNetPackSettings { Configuration = configuration, NoBuild = true, OutputDirectory = folder });
    }

    report.Did("Pack", $"{GetFiles($"{folder}/*.nupkg").Count} packages and {GetFiles($"{folder}/*.snupkg").Count} of symbols in artifacts/packages");
}

/// <summary>The runner as one file that needs neither the SDK nor the runtime, and a look whether it starts with nothing around it.</summary>
void PublishRunner(BuildReport report)
{
    DirectoryPath folder = Artifacts("linux-x64");
    CleanDirectory(folder);
    Publish(Runner, folder, SingleFile);
    FilePath file = folder.CombineWithFilePath("reacher-fast");
    string size = $"{new System.IO.FileInfo(file.FullPath).Length / 1048576.0:F0} MiB";
    if (!IsRunningOnLinux() || System.Runtime.InteropServices.RuntimeInformation.OSArchitecture != System.Runtime.InteropServices.Architecture.X64)
    {
        report.Skipped("Pack, start of the single file", "this machine is not linux-x64");
    }
    else if (StartProcess("env", new ProcessSettings { Arguments = $"-i \"{file}\" doctor", WorkingDirectory = System.IO.Path.GetTempPath() }) != 0)
    {
        throw new CakeException($"{file} does not start in an empty environment; its output above says why.");
    }

    report.Did("Pack", $"the runner as one file of {size}, artifacts/linux-x64/reacher-fast");
}

/// <summary>Publishes a program for linux-x64 with the runtime in it.</summary>
void Publish(string project, DirectoryPath folder, string properties = "") =>
    Run("dotnet", $"publish {project} -c {configuration} -r linux-x64 --self-contained -o \"{folder}\" {properties}");
