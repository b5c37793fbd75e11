Console.Error.WriteLine("reacher-fast: not built yet");
return 1;
