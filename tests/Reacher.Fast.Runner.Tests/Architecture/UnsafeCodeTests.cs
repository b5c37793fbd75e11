using System.Text.RegularExpressions;

namespace Reacher.Fast.Runner.Tests.Architecture;

/// <summary>Unsafe code is confined to the folders whose job it is.</summary>
public sealed partial class UnsafeCodeTests
{
    private static readonly string[] Allowed =
    [
        "src/Reacher.Fast.Replay/Layout/",
        "src/Reacher.Fast.Replay/Mapping/",
        "src/Reacher.Fast.Core/Kernels/Simd/",
        "src/Reacher.Fast.Core/Kernels/Cuda/",
        "src/Reacher.Fast.Core/Interop/",
        "src/Reacher.Fast.Core/Memory/",
        "src/Reacher.Fast.Environments/Arm/",
    ];

    [Test]
    public void Unsafe_code_lives_only_where_the_design_puts_it()
    {
        string[] offenders = Repository.SourceFiles("src")
            .Where(path => !Allowed.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)))
            .Where(path => UsesUnsafe(File.ReadAllText(Path.Combine(Repository.Root, path))))
            .ToArray();
        Assert.That(offenders, Is.Empty);
    }

    [TestCase("unsafe class A { }", true)]
    [TestCase("static unsafe void F() { }", true)]
    [TestCase("// unsafe is only a word here", false)]
    [TestCase("/* unsafe */ class A { }", false)]
    [TestCase("string s = \"unsafe\";", false)]
    [TestCase("class Unsafe { }", false)]
    public void The_search_sees_code_and_not_comments_or_strings(string source, bool expected) =>
        Assert.That(UsesUnsafe(source), Is.EqualTo(expected));

    [Test]
    public void The_search_reads_the_whole_source() => Assert.That(Repository.SourceFiles("src").Count(), Is.GreaterThan(20));

    private static bool UsesUnsafe(string source) => UnsafeKeyword().IsMatch(CommentsAndStrings().Replace(source, " "));

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"{3}.*?"{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'""", RegexOptions.Singleline)]
    private static partial Regex CommentsAndStrings();

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex UnsafeKeyword();
}
