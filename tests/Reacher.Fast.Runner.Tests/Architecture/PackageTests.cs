using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Reacher.Fast.Runner.Tests.Architecture;

/// <summary>
/// The packages that the project stands on do real work: without any of them the build breaks, because a project names it and code of that
/// project uses its namespace.
/// </summary>
public sealed class PackageTests
{
    [TestCase("src", "Google.Protobuf", "Google.Protobuf")]
    [TestCase("src", "Grpc.Net.Client", "Grpc.Net.Client")]
    [TestCase("src", "CommunityToolkit.HighPerformance", "CommunityToolkit.HighPerformance")]
    [TestCase("benchmarks", "BenchmarkDotNet", "BenchmarkDotNet")]
    [TestCase("tests", "NUnit", "NUnit.Framework")]
    public void A_project_refers_to_the_package_and_its_code_uses_it(string root, string package, string name)
    {
        string[] users = Repository.Files(root, "*.csproj").Where(project => RefersTo(project, package))
            .Where(project => Uses(Path.GetDirectoryName(project)!, name)).ToArray();
        Assert.That(users, Is.Not.Empty);
    }

    /// <summary>Part of the framework since .NET 10, so that no project names it.</summary>
    [Test]
    public void The_product_uses_System_IO_Pipelines() => Assert.That(Uses("src", "System.IO.Pipelines"));

    private static bool RefersTo(string project, string package) => XDocument.Load(Path.Combine(Repository.Root, project))
        .Descendants("PackageReference").Any(item => (string?)item.Attribute("Include") == package);

    private static bool Uses(string folder, string name)
    {
        var directive = new Regex($@"^(global )?using (static )?{Regex.Escape(name)}[.;]", RegexOptions.Multiline);
        return Repository.SourceFiles(folder).Any(path => directive.IsMatch(File.ReadAllText(Path.Combine(Repository.Root, path))));
    }
}
