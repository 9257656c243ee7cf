from views.entrance import enter_page
from views.review import show

enter_page(show)
