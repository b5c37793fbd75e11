using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Runner.Tests.Commands;

/// <summary>What the program says of a command line that is wrong, and of itself.</summary>
public sealed class UsageTests
{
    [TestCase("bogus", "There is no verb 'bogus'. The verbs are train, eval, ")]
    [TestCase("tran", "There is no verb 'tran'; did you mean 'train'? ")]
    [TestCase("", "A verb is missing: train, eval, ")]
    [TestCase("replay", "A verb of 'replay' is missing: inspect and verify.")]
    [TestCase("eval", "The <run> of 'eval' is missing. See 'reacher-fast eval --help'.")]
    [TestCase("compare", "The <run> of 'compare' is missing.")]
    [TestCase("replay verify", "The <file> of 'verify' is missing.")]
    [TestCase("replay inspec file", "There is no verb 'inspec' of 'replay'; did you mean 'inspect'?")]
    [TestCase("player --mlagents-port abc", "--mlagents-port is 'abc', and must be the port on which the trainer listens, a whole ")]
    [TestCase("player --port 1.5", "--port is '1.5', and must be the port on which the trainer listens, a whole number from 1 to 65535")]
    [TestCase("player --mlagents-port 70000", "Port 70000 does not exist; give the port on which the trainer listens (1 to 65535).")]
    [TestCase("eval a --episodes 1.5", "--episodes is '1.5', and must be a whole number from 1 to 1000000.")]
    [TestCase("eval a --episodes 0", "--episodes is 0, and must be a whole number from 1 to 1000000.")]
    [TestCase("player --num-arms x", "--num-arms is 'x', and must be a whole number from 1 to 4096.")]
    [TestCase("player --port 5005 -logFile no/such.log", "The log 'no/such.log' cannot be written: ")]
    [TestCase("join a:1 --num-envs 1.5", "--num-envs is '1.5', and must be a whole number from 1 to ")]
    [TestCase("compare a --reference b.csv --x time", "--reference has its curves against transitions; leave --x out.")]
    [TestCase("verify-env --demo no.demo", "There is no recording 'no.demo'; name a .demo file that ML-Agents has recorded.")]
    [TestCase("eval a --seed x", "--seed is 'x', and must be a whole number.")]
    [TestCase("train --lerning-rate 3", "There is no flag '--lerning-rate'; did you mean '--learning-rate'?")]
    [TestCase("train --resume --no-layer-norm", "There is no flag '--no-layer-norm'; write '--layer-norm false'.")]
    [TestCase("train --seed --forc", "There is no flag '--forc'")]
    [TestCase("train --forc", "There is no flag '--forc'")]
    [TestCase("train --num-areas", "--num-areas needs a value.")]
    [TestCase("train --resume missing.yaml", "There is no configuration file 'missing.yaml'")]
    [TestCase("train --layer-norm perhaps", "--layer-norm is perhaps, and must be true or false.")]
    [TestCase("train --inference", "--inference cannot be used here: it plays without training, and train trains; ")]
    [TestCase("train --inference --resume --run-id a", "use the verb eval, with the run's id and the same --env.")]
    [TestCase("train a b", "'b' is one word too many.")]
    [TestCase("train .", "'.' is a folder, and a configuration is a YAML file; name one.")]
    [TestCase("export no-run -o .", "'.' is a folder; name the file to write, such as './policy.onnx'.")]
    [TestCase("export no-run -o policy", "The name 'policy' does not say what to write: end it in .onnx or .safetensors, or give --format.")]
    [TestCase("export no-run --format pdf", "There is no format 'pdf' to export to; ")]
    [TestCase("eval reacher-fast.dll", "is not a readable safetensors file: it does not begin as one does")]
    public void Wrong_usage_is_one_sentence_in_the_users_words(string command, string sentence)
    {
        using RunnerProcess run = RunnerProcess.StartIn(AppContext.BaseDirectory, command.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.That(run.WaitForExit(), Is.EqualTo(2));
        Assert.That(run.Errors.Trim(), Does.StartWith("reacher-fast: ").And.Contain(sentence).And.Not.Contain("\n").And.Not.Contain("System."));
    }

    [TestCase("train")]
    [TestCase("profile")]
    [TestCase("eval")]
    [TestCase("player")]
    [TestCase("")]
    public void Help_has_at_most_80_columns_and_no_flag_is_hidden(string verb)
    {
        using RunnerProcess run = RunnerProcess.Start([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        string help = run.RemainingOutput();
        Assert.That(help.Split('\n').Select(line => line.TrimEnd().Length), Is.All.AtMost(80));
        Assert.That(help, Does.Contain("--help"));
        foreach (OptionKey key in OptionKeys.All.Where(_ => verb == "train"))
        {
            Assert.That(help, Does.Match($@"\n  {key.Flag}[ ,\n]"), key.Path);
        }

        string text = string.Join(' ', help.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.That(verb != "train" || text.Contains(
            "In the file under behaviors.<name>.hyperparameters: --learning-rate <learning_rate> Adam's step size for policy, critics and " +
            "entropy coefficient [",
            StringComparison.Ordinal));
    }

    [Test]
    public void What_the_doctor_finds_can_be_piped()
    {
        using RunnerProcess run = RunnerProcess.StartIn(Path.GetTempPath(), ["doctor"]);
        Assert.That(run.WaitForExit(), Is.Zero, run.Errors);
        string[] lines = run.RemainingOutput().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.None.Contains("\u001b"));
        Assert.That(lines, Has.Some.Match("^ok   processor  "));
        Assert.That(lines.Select(line => line.Length), Is.All.AtMost(80));
    }
}
