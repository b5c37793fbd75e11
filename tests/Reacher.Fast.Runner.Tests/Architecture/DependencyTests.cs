using System.Xml.Linq;

namespace Reacher.Fast.Runner.Tests.Architecture;

/// <summary>Dependencies run one way: Core, then Replay and Environments, then Training, then Runner.</summary>
public sealed class DependencyTests
{
    [TestCase("Core", new string[0])]
    [TestCase("Replay", new[] { "Core" })]
    [TestCase("Environments", new[] { "Core" })]
    [TestCase("Training", new[] { "Core", "Environments", "Replay" })]
    [TestCase("Runner", new[] { "Training" })]
    public void A_project_refers_to_those_before_it_only(string project, string[] expected)
    {
        string[] references = Elements(project, "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))["Reacher.Fast.".Length..])
            .Order(StringComparer.Ordinal).ToArray();
        Assert.That(references, Is.EqualTo(expected));
    }

    [Test]
    public void Core_needs_no_package() => Assert.That(Elements("Core", "PackageReference"), Is.Empty);

    private static string[] Elements(string project, string element) =>
        XDocument.Load(Path.Combine(Repository.Root, $"src/Reacher.Fast.{project}/Reacher.Fast.{project}.csproj"))
            .Descendants(element).Select(item => item.Attribute("Include")!.Value).ToArray();
}
