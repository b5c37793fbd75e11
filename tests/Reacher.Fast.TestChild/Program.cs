using Reacher.Fast.TestChild;

// The second process of the cross-process tests: one named command, an exit code, nothing else.

return args switch
{
    _ when MlAgentsPlayerCommand.Is(args) => MlAgentsPlayerCommand.Run(args),
    ["write", .. string[] rest] => WriterChild.Run(ChildArguments.Parse(rest)),
    ["read", .. string[] rest] => ReaderChild.Run(ChildArguments.Parse(rest)),
    ["die", string replay, string moment] => DyingWriter.Run(replay, moment),
    ["publish-weights", string channel, string control, string count] => WeightChildren.Publish(channel, control, count),
    ["read-weights", string channel, string control, string slot] => WeightChildren.Read(channel, control, slot),
    ["forward", string ring, string replay, string log] => ForwarderChild.Run(ring, replay, log),
    ["await-player"] => MlAgentsTrainerCommand.Run(),
    ["take-starved", string what, string path] => StarvedTaker.Run(what, path),
    _ => ExitCodes.Unsupported,
};
