using System.Text.RegularExpressions;

namespace Reacher.Fast.Runner.Tests.Architecture;

/// <summary>A type is found by its namespace: that of a file is the path of its folder.</summary>
public sealed partial class NamespaceTests
{
    [TestCase("src")]
    [TestCase("tests")]
    [TestCase("benchmarks")]
    public void A_files_namespace_is_its_folder(string root)
    {
        (string Path, string Namespace)[] files =
        [
            .. from path in Repository.SourceFiles(root)
               let found = NamespaceLine().Match(File.ReadAllText(Path.Combine(Repository.Root, path)))
               where found.Success
               select (path, found.Groups[1].Value),
        ];
        Assert.That(files, Has.Length.GreaterThan(10));
        Assert.That(files.Where(file => file.Namespace != Expected(file.Path)).Select(file => file.Path), Is.Empty);
    }

    [Test]
    public void A_file_in_another_folder_is_seen() =>
        Assert.That(Expected("src/Reacher.Fast.Core/Kernels/Cuda/CudaStaging.cs"), Is.EqualTo("Reacher.Fast.Core.Kernels.Cuda"));

    private static string Expected(string path) => string.Join('.', path.Split('/')[1..^1]);

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
