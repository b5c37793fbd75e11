// The build: `dotnet tool restore && dotnet cake`, or `./build.sh`. `dotnet cake --description` lists the targets, `--target=NAME` runs one.
// Here is what the targets are; how they do it lies in build/. Each runs alone, with what it depends on.
#load "build/report.cake"
#load "build/machine.cake"
#load "build/tests.cake"
#load "build/benchmarks.cake"
#load "build/results.cake"
#load "build/packages.cake"
#load "build/samples.cake"

string target = Argument("target", "Default");
string configuration = Argument("configuration", "Release");

Setup(_ => new BuildReport());
TaskTeardown<BuildReport>((context, report) => report.Ended(context.Task.Name, context.Successful, context.Duration));
Teardown<BuildReport>((context, report) => Information(report.ToText(context.ThrownException)));

Task("Default")
    .Description("Build, test and a short benchmark.")
    .IsDependentOn("Build")
    .IsDependentOn("Test")
    .IsDependentOn("Bench");

Task("Clean")
    .Description("Delete what builds and tests made: bin, obj, artifacts, TestResults. Runs in results/ stay.")
    .Does<BuildReport>(report =>
    {
        DirectoryPathCollection made = GetDirectories("./{src,tests,benchmarks}/**/{bin,obj,TestResults}") +
            GetDirectories("./{artifacts,TestResults,BenchmarkDotNet.Artifacts}");
        foreach (DirectoryPath folder in made.Where(folder => DirectoryExists(folder)))
        {
            DeleteDirectory(folder, new DeleteDirectorySettings { Recursive = true, Force = true });
        }

        report.Did("Clean", $"{made.Count} folders deleted");
    });

Task("Restore")
    .Description("Fetch the NuGet packages.")
    .Does(() => DotNetRestore(Solution));

Task("Build")
    .Description("Compile everything; a warning is an error.")
    .IsDependentOn("Restore")
    .Does(() => DotNetBuild(Solution, new DotNetBuildSettings
    {
        Configuration = configuration,
        NoRestore = true,
        MSBuildSettings = new DotNetMSBuildSettings().TreatAllWarningsAs(MSBuildTreatAllWarningsAs.Error),
    }));

Task("Kernels")
    .Description("Compile the CUDA kernels: the committed PTX with clang 19, or nvcc's for the GPU that is here into artifacts/ptx.")
    .Does<BuildReport>(CompileKernels);

Task("Test")
    .Description("Run the tests. --project=NAME takes the test projects whose names contain it, --filter=EXPRESSION as in dotnet test.")
    .IsDependentOn("Build")
    .Does<BuildReport>(report => RunTests(report, "Test", Argument("project", ""), Argument("filter", "")));

Task("Stress")
    .Description("Run the long tests (category Stress): processes killed hundreds of times, learning to solved. Minutes to an hour.")
    .IsDependentOn("Build")
    .Does<BuildReport>(report => RunTests(report, "Stress", Argument("project", ""), "TestCategory=Stress"));

Task("Coverage")
    .Description("Which lines of src/ the tests run: pages in artifacts/coverage. --project, --filter as for Test.")
    .IsDependentOn("Build")
    .Does<BuildReport>(MeasureCoverage);

Task("Bench")
    .Description(
        "Measure in two minutes: update and replay beside their limits. --threads=N, --full for all quick cases, --filter=PATTERN for " +
        "BenchmarkDotNet.")
    .IsDependentOn("Build")
    .Does<BuildReport>(RunBenchmarks);

Task("Results")
    .Description(
        "Measure what benchmarks/results/ holds of this machine and write it there; ten minutes, on a quiet machine. --only=profile,update,..., " +
        "--machine=NAME, --python=PATH.")
    .IsDependentOn("Build")
    .Does<BuildReport>(RecordResults);

Task("Allocations")
    .Description("Hold every benchmark's bytes per operation against benchmarks/allocations.json, as CI does.")
    .IsDependentOn("Build")
    .Does<BuildReport>(report =>
    {
        RunBenchmark("--quick allocations");
        report.Did("Allocations", "as benchmarks/allocations.json lists them");
    });

Task("Profile")
    .Description("Every stage of a run alone and together, beside its limit. --seconds=S, --json.")
    .IsDependentOn("Build")
    .Does<BuildReport>(RunProfile);

Task("Gpu")
    .Description(
        "Everything about CUDA that needs a GPU: right, clean, how fast. Publishes the tools to artifacts/gpu; the tables go to " +
        "benchmarks/results.")
    .IsDependentOn("Build")
    .Does<BuildReport>(RunGpuChecks);

Task("SingleFile")
    .Description("The runner as one self-contained file for linux-x64, and what is optional beside it, in artifacts/linux-x64; both are tried.")
    .Does<BuildReport>(PublishRunner);

Task("Packages")
    .Description("NuGet packages of the libraries with symbols, and of the template for dotnet new, in artifacts/packages.")
    .IsDependentOn("Build")
    .Does<BuildReport>(PackLibraries);

Task("Samples")
    .Description("Build and run samples/ and the template outside the repository, as users of the packages do: swing-up is trained and played.")
    .IsDependentOn("Packages")
    .Does<BuildReport>(TrySamples);

Task("Pack")
    .Description("All that is released: the packages, tried by the samples, and the single file, in artifacts/.")
    .IsDependentOn("Samples")
    .IsDependentOn("SingleFile");

Task("PublicApi")
    .Description("Write the libraries' public members into their PublicAPI.*.txt, which the build compares. --ship before a release.")
    .IsDependentOn("Restore")
    .Does<BuildReport>(ListPublicApi);

Task("CI")
    .Description("What continuous integration runs: .ci/run.")
    .Does<BuildReport>(report =>
    {
        Run("bash", ".ci/run");
        report.Did("CI", "restored, built, tested and checked for format; the output above has the counts");
    });

RunTarget(target);
