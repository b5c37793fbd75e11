using System.Xml.Linq;

namespace Reacher.Fast.Runner.Tests.Architecture;

/// <summary>
/// Dependencies run one way: Core, then Replay and Environments, then Training, then the command line, then the runner. Nothing refers to what
/// is optional, so that no program has what it does not ask for.
/// </summary>
public sealed class DependencyTests
{
    [TestCase("Core", new string[0])]
    [TestCase("Replay", new[] { "Core" })]
    [TestCase("Environments", new[] { "Core" })]
    [TestCase("Onnx", new[] { "Core" })]
    [TestCase("Torch", new[] { "Core" })]
    [TestCase("Cluster", new[] { "Training" })]
    [TestCase("Training", new[] { "Core", "Environments", "Replay" })]
    [TestCase("", new[] { "Training" })]
    [TestCase("Runner", new[] { "" })]
    public void A_project_refers_to_those_before_it_only(string project, string[] expected)
    {
        string[] references = Elements(project, "ProjectReference")
            .Select(path => ShortName(Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))))
            .Order(StringComparer.Ordinal).ToArray();
        Assert.That(references, Is.EqualTo(expected));
    }

    [Test]
    public void Every_project_is_looked_at() => Assert.That(
        Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(folder => ShortName(Path.GetFileName(folder))),
        Is.EquivalentTo(["Core", "Replay", "Environments", "Onnx", "Torch", "Cluster", "Training", "", "Runner"]));

    [Test]
    public void Core_needs_no_package() => Assert.That(Elements("Core", "PackageReference"), Is.Empty);

    /// <summary>Without the two files the analyser that compares a library's public members with them stays off.</summary>
    [Test]
    public void Every_library_lists_its_public_members()
    {
        string[] folders = Repository.Files("src", "*.csproj").Select(path => Path.GetDirectoryName(path)!).ToArray();
        string[] without = folders
            .Where(folder => !folder.EndsWith(".Runner", StringComparison.Ordinal))
            .Where(folder => !File.Exists(Path.Combine(Repository.Root, folder, "PublicAPI.Shipped.txt")) ||
                !File.Exists(Path.Combine(Repository.Root, folder, "PublicAPI.Unshipped.txt")))
            .ToArray();
        Assert.That(folders, Has.Length.GreaterThan(4));
        Assert.That(without, Is.Empty, "dotnet cake --target=PublicApi writes the lists");
    }

    // The package that brings the others is Reacher.Fast itself, whose short name is empty.
    private static string ShortName(string project) => project["Reacher.Fast".Length..].TrimStart('.');

    private static string[] Elements(string project, string element) =>
        XDocument.Load(Path.Combine(Repository.Root, $"src/{FullName(project)}/{FullName(project)}.csproj"))
            .Descendants(element).Select(item => item.Attribute("Include")!.Value).ToArray();

    private static string FullName(string project) => project.Length == 0 ? "Reacher.Fast" : $"Reacher.Fast.{project}";
}
