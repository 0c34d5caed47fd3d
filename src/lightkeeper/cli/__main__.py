from lightkeeper.cli.main import main

main()
