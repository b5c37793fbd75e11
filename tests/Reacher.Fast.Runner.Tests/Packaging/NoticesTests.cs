using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;

namespace Reacher.Fast.Runner.Tests.Packaging;

/// <summary>The licences of what ships travel with it: beside the executable, and in the packages.</summary>
public sealed class NoticesTests
{
    private const string FileName = "THIRD-PARTY-NOTICES.txt";
    private static readonly string Rule = new('=', 80);

    [Test]
    public void The_executables_notices_name_every_package_that_lies_beside_it()
    {
        string notices = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, FileName));
        Assert.That(Headings(notices), Is.EquivalentTo(ShippedPackages()));
    }

    [Test]
    public void The_notices_hold_the_text_of_each_kind_of_licence()
    {
        string notices = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, FileName));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(notices, Does.Contain("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"), "Apache-2.0");
            Assert.That(notices, Does.Contain("Redistribution and use in source and binary forms"), "BSD-3-Clause");
            Assert.That(notices, Does.Contain("Permission is hereby granted, free of charge"), "MIT");
        }
    }

    [Test]
    public void A_package_brings_the_notices_of_what_it_refers_to()
    {
        using var folder = new TemporaryFolder();
        Pack("src/Reacher.Fast.Environments/Reacher.Fast.Environments.csproj", folder.Path);
        using ZipArchive package = ZipFile.OpenRead(Directory.GetFiles(folder.Path, "*.nupkg").Single());
        using StreamReader reader = new(package.GetEntry(FileName)!.Open());
        Assert.That(Headings(reader.ReadToEnd()), Has.Some.StartsWith("Google.Protobuf "));
    }

    private static IEnumerable<string> Headings(string notices)
    {
        string[] lines = notices.Split('\n');
        return Enumerable.Range(1, lines.Length - 1).Where(i => lines[i - 1] == Rule).Select(i => lines[i]);
    }

    /// <summary>The packages of which the runtime is told to load files for the executable.</summary>
    private static string[] ShippedPackages()
    {
        using JsonDocument dependencies = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "reacher-fast.deps.json")));
        JsonElement libraries = dependencies.RootElement.GetProperty("libraries");
        return dependencies.RootElement.GetProperty("targets").EnumerateObject().Single().Value.EnumerateObject()
            .Where(library => libraries.GetProperty(library.Name).GetProperty("type").GetString() == "package")
            .Where(library => library.Value.EnumerateObject().Any(assets => assets.Name is "runtime" or "native" or "runtimeTargets"))
            .Select(library => library.Name.Replace('/', ' '))
            .ToArray();
    }

    private static void Pack(string project, string folder)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        ProcessStartInfo start = new("dotnet", ["pack", project, "-c", configuration, "--no-build", "-o", folder])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        };
        using Process pack = Process.Start(start)!;
        string output = pack.StandardOutput.ReadToEnd();
        pack.WaitForExit();
        Assert.That(pack.ExitCode, Is.Zero, output);
    }
}
