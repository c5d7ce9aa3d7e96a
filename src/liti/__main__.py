from liti.cli.main import main

main()
