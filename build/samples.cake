/// <summary>
/// Tries the packages as a user does who has nothing else of this repository: a folder outside it, in which the samples and a project made by the
/// template restore the packages from artifacts/packages, are built, and run.
/// </summary>
void TrySamples(BuildReport report)
{
    string folder = System.IO.Directory.CreateTempSubdirectory("reacher-fast-samples-").FullName;
    try
    {
        FilePath package = GetFiles("./artifacts/packages/Reacher.Fast.Core.*.nupkg").Single();
        string version = package.GetFilenameWithoutExtension().ToString()["Reacher.Fast.Core.".Length..];
        WriteNuGetConfig(folder);
        CopyDirectory("./samples", $"{folder}/samples");
        var environment = new Dictionary<string, string> { ["ReacherFastVersion"] = version, ["DOTNET_CLI_HOME"] = folder };
        foreach (string sample in new[] { "SwingUp", "TrainInProgram", "PlayPolicy", "OwnNetworks" })
        {
            RunIn($"{folder}/samples/{sample}", "dotnet", $"build -c Release -v quiet -o \"{folder}/{sample}\"", environment);
        }

        // The three ways of the README: the program is the command line, training is a call, a policy plays.
        RunIn(folder, $"{folder}/SwingUp/SwingUp",
            "train --run-id sample --seed 1 --num-agents 8 --hidden-units 64 --steps-per-update 2 --threshold 250 --window 5 --max-steps 100000");
        RunIn(folder, $"{folder}/SwingUp/SwingUp", "eval sample --episodes 2");
        RunIn(folder, $"{folder}/SwingUp/SwingUp", "export sample -o sample.onnx");
        RunIn(folder, $"{folder}/PlayPolicy/PlayPolicy", "results/sample/swing-up/best.safetensors");
        RunIn(folder, $"{folder}/TrainInProgram/TrainInProgram", "");
        report.Did("Samples", $"swing-up trained and played from the packages {version}: as a command line, as a call, in a program that only plays");

        RequireNoLibTorch(folder, "SwingUp", "TrainInProgram", "PlayPolicy", "OwnNetworks");
        if (IsRunningOnLinux() && System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64)
        {
            RunIn(folder, $"{folder}/OwnNetworks/OwnNetworks", "");
            report.Did("Samples", "networks of one's own learned Pendulum on TorchSharp");
        }

        RequireNoWebServer($"{folder}/PlayPolicy/PlayPolicy.runtimeconfig.json");
        TryTemplate(folder, version, environment);
        report.Did("Samples", "the project that 'dotnet new reacher-fast' makes trains");
    }
    finally
    {
        System.IO.Directory.Delete(folder, recursive: true);
    }
}

/// <summary>
/// The packages of this build come from artifacts/packages, everything else from where the machine has it. What is restored goes into a folder
/// of its own, so that no package of an earlier build with the same version is taken from the machine's.
/// </summary>
void WriteNuGetConfig(string folder)
{
    string machine = EnvironmentVariable("NUGET_PACKAGES") ?? $"{EnvironmentVariable("HOME")}/.nuget/packages";
    System.IO.File.WriteAllText($"{folder}/nuget.config", $"""
        <configuration>
          <packageSources><add key="built" value="{MakeAbsolute(Directory("./artifacts/packages"))}" /></packageSources>
          <config><add key="globalPackagesFolder" value="{folder}/packages" /></config>
          <fallbackPackageFolders><add key="machine" value="{machine}" /></fallbackPackageFolders>
        </configuration>
        """);
}

/// <summary>Who only plays a policy has no web server in the process.</summary>
void RequireNoWebServer(string file)
{
    if (System.IO.File.ReadAllText(file).Contains("AspNetCore"))
    {
        throw new CakeException($"{file} asks for ASP.NET, which playing a policy does not need.");
    }
}

/// <summary>libtorch stays in the package folder: it is half a gigabyte.</summary>
void RequireNoLibTorch(string folder, params string[] outputs)
{
    foreach (string output in outputs)
    {
        if (GetFiles($"{folder}/{output}/**/libtorch*").Count > 0)
        {
            throw new CakeException($"{folder}/{output} holds libtorch, which no build copies.");
        }
    }
}

void TryTemplate(string folder, string version, Dictionary<string, string> environment)
{
    string hive = $"--debug:custom-hive \"{folder}/hive\"";
    FilePath package = MakeAbsolute(GetFiles("./artifacts/packages/Reacher.Fast.Templates.*.nupkg").Single());
    RunIn(folder, "dotnet", $"new install \"{package}\" {hive}", environment);
    RunIn(folder, "dotnet", $"new reacher-fast -n MyTask {hive}", environment);
    RunIn($"{folder}/MyTask", "dotnet", "run -c Release -- train --run-id first --max-steps 5000 --window 2 --hidden-units 32", environment);
    // Packing leaves files out whose names begin with a dot, unless it is told not to.
    if (!FileExists($"{folder}/MyTask/.gitignore"))
    {
        throw new CakeException("The project that the template makes has no .gitignore.");
    }

    if (!FileExists($"{folder}/MyTask/results/first/point.onnx"))
    {
        throw new CakeException("The project that the template makes trained and left no point.onnx.");
    }
}
