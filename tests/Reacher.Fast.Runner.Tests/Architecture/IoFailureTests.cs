using System.Text.RegularExpressions;

namespace Reacher.Fast.Runner.Tests.Architecture;

/// <summary>What a failure of the file system looks like stands in one list, <c>IoFailure</c>, and whoever catches one asks that list.</summary>
public sealed partial class IoFailureTests
{
    // What is caught there are failures of a network.
    private static readonly string[] Networks =
        ["src/Reacher.Fast.Environments/MlAgents/Wire/", "src/Reacher.Fast.Environments/MlAgents/Trainer/PlayerConnection.cs"];

    [Test]
    public void No_other_file_lists_kinds_of_failures()
    {
        string[] offenders = Repository.SourceFiles("src")
            .Where(path => !Networks.Any(network => path.StartsWith(network, StringComparison.Ordinal)))
            .Where(path => !path.EndsWith("/IoFailure.cs", StringComparison.Ordinal))
            .Where(path => IsListed(File.ReadAllText(Path.Combine(Repository.Root, path))))
            .ToArray();
        Assert.That(offenders, Is.Empty, "catch (Exception e) when (IoFailure.Is(e)) forgets none");
    }

    [TestCase("catch (IOException)", true)]
    [TestCase("catch (IOException error)\n", true)]
    [TestCase("catch (Exception e) when (e is IOException or UnauthorizedAccessException)", true)]
    [TestCase("catch (Exception e) when (e is ArgumentException or IOException)", true)]
    [TestCase("catch (UnauthorizedAccessException)", true)]
    [TestCase("catch (IOException) when (File.Exists(path))", false)]
    [TestCase("catch (Exception e) when (IoFailure.Is(e))", false)]
    public void A_list_is_seen(string code, bool expected) => Assert.That(IsListed(code), Is.EqualTo(expected));

    private static bool IsListed(string code) => List().IsMatch(code);

    [GeneratedRegex(@"catch \((IO|UnauthorizedAccess)Exception( \w+)?\)(?! when)|when \(.* is .*(IO|UnauthorizedAccess)Exception")]
    private static partial Regex List();
}
